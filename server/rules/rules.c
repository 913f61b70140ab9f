/* SPDX-License-Identifier: ISC */
/*
 * rules: a message is judged in this order: is the visitor let in at all, does it show enough, may
 * these pixels get these colours (judge.h), has its author the energy (accounts.h), and is its
 * network in time (network_limits.h). Under `free` the last two are left out, and nothing is looked
 * up.
 */
#include "rules/rules.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/costs.h"
#include "plane/reader.h"
#include "rules/accounts.h"
#include "rules/energy.h"
#include "rules/judge.h"
#include "rules/network_limits.h"
#include "rules/own_batches.h"

enum {
    /* How far back the log is read for everybody's energy. A burst at four servers at once is paid
     * off after four capacities, and whoever has had a full charge since is known exactly. Somebody
     * who has drawn all that time without ever having one may get up to a capacity too much, once:
     * no stretch of the log would say what such a one began with. */
    REBUILD_CAPACITIES = 4,
    PREFETCH_RUNS = 16,
};

struct rules {
    struct fold fold;
    struct rules_config config;
    struct metrics *metrics;
    bool counts; /* not free */
    struct accounts *accounts;
    struct network_limits *networks; /* NULL: any speed */
    struct own_batches *own;
    int64_t time_ms; /* of the newest record whose time is known; the reader's */

    atomic_bool restricts; /* the moderators' rules forbid something, or make it dearer */
    pthread_mutex_t lock;
    struct ruleset *current;
};

static const struct policy *policy_of(const struct rules *rules, const struct visitor *visitor)
{
    return visitor->kind == VISITOR_BOT ? &rules->config.bots : &rules->config.people;
}

/* ---- the fold */

/* What the edits of a run cost when the record does not say. */
static uint32_t usual_cost(const struct rules *rules, size_t edits)
{
    const struct policy *people = &rules->config.people;
    uint32_t painted = people->painted > 0 ? people->painted : rules->config.bots.painted;
    uint64_t cost = (uint64_t)painted * edits;
    return cost > UINT32_MAX ? UINT32_MAX : (uint32_t)cost;
}

static int on_record(struct fold *fold, const struct fold_record *full,
                     char error[FOLD_ERROR_BYTES])
{
    struct rules *rules = (struct rules *)((char *)fold - offsetof(struct rules, fold));
    const struct record *record = full->record;
    if (!rules->counts || full->edits.n == 0)
        return 0;
    if (record->time_ms >= 0)
        rules->time_ms = record->time_ms;
    if (authors_count(record->authors) != full->edits.n)
        return 0; /* nobody's */
    struct origin origin;
    enum landed landed =
        record_origin(record, &origin) ? own_batches_read(rules->own, &origin) : LANDED_OTHER;
    size_t n = authors_runs(record->authors);
    bool said = costs_good(record->energy, n);
    /* With millions of authors each of them is cold when its turn comes. */
    for (size_t i = 0; i < n && i < PREFETCH_RUNS; i++)
        accounts_prefetch(rules->accounts, authors_run(record->authors, i).author);
    for (size_t i = 0; i < n; i++) {
        struct authors_run run = authors_run(record->authors, i);
        if (i + PREFETCH_RUNS < n)
            accounts_prefetch(rules->accounts,
                              authors_run(record->authors, i + PREFETCH_RUNS).author);
        uint32_t cost = said ? costs_of(record->energy, i) : usual_cost(rules, run.count);
        if ((run.author & AUTHOR_PERSON) && cost > 0)
            accounts_land(rules->accounts, run.author, cost, rules->time_ms, landed);
    }
    return 0;
}

static void on_delivered(struct fold *fold)
{
    struct rules *rules = (struct rules *)((char *)fold - offsetof(struct rules, fold));
    if (rules->counts)
        metric_set(rules->metrics, authors, accounts_count(rules->accounts));
}

int rules_prepare(struct rules *rules, struct reader *reader, int64_t now_ms,
                  char error[FOLD_ERROR_BYTES])
{
    const struct rules_config *config = &rules->config;
    int64_t people = config->people.capacity, bots = config->bots.capacity;
    if (!rules->counts)
        return 0;
    int64_t from_ms = now_ms - REBUILD_CAPACITIES * (people > bots ? people : bots);
    return reader_offset_at(reader, from_ms > 0 ? from_ms : 0, &rules->fold.from, error);
}

/* ---- making and releasing */

static bool has_restrictions(const struct ruleset *ruleset)
{
    const struct ruleset_parts *parts = ruleset_parts(ruleset);
    return parts->frozen || parts->n_bans > 0 || parts->n_regions > 0 ||
           (parts->colours & RULESET_ALL_COLOURS) != RULESET_ALL_COLOURS;
}

/* 0, or -1 when out of memory. */
static int open_counting(struct rules *rules)
{
    const struct rules_config *config = &rules->config;
    uint32_t people = config->people.capacity, bots = config->bots.capacity;
    uint32_t capacity = people > bots ? people : bots;
    rules->accounts = accounts_create(capacity);
    rules->own = own_batches_create();
    if (config->network_factor > 0)
        rules->networks = network_limits_create(capacity, config->network_factor);
    bool whole = rules->accounts && rules->own && (rules->networks || config->network_factor == 0);
    return whole ? 0 : -1;
}

struct rules *rules_create(const struct rules_config *config, struct metrics *metrics)
{
    static const struct fold_ops ops = {.record = on_record, .delivered = on_delivered};
    static const struct ruleset_parts nothing = {.colours = RULESET_ALL_COLOURS};
    struct rules *rules = calloc(1, sizeof *rules);
    if (!rules)
        return NULL;
    rules->fold = (struct fold){.ops = &ops, .from = FOLD_LIVE};
    rules->config = *config;
    rules->metrics = metrics;
    rules->counts = !policy_is_free(&config->people) || !policy_is_free(&config->bots);
    pthread_mutex_init(&rules->lock, NULL);
    rules->current = ruleset_create(&nothing);
    if (rules->current && (!rules->counts || open_counting(rules) == 0))
        return rules;
    rules_destroy(rules);
    return NULL;
}

void rules_destroy(struct rules *rules)
{
    if (!rules)
        return;
    accounts_destroy(rules->accounts);
    network_limits_destroy(rules->networks);
    own_batches_destroy(rules->own);
    ruleset_unref(rules->current);
    pthread_mutex_destroy(&rules->lock);
    free(rules);
}

struct fold *rules_fold(struct rules *rules)
{
    return &rules->fold;
}

/* ---- the moderators' rules */

void rules_replace(struct rules *rules, struct ruleset *ruleset)
{
    pthread_mutex_lock(&rules->lock);
    struct ruleset *old = rules->current;
    rules->current = ruleset;
    atomic_store(&rules->restricts, has_restrictions(ruleset));
    pthread_mutex_unlock(&rules->lock);
    ruleset_unref(old);
}

struct ruleset *rules_current(struct rules *rules)
{
    pthread_mutex_lock(&rules->lock);
    struct ruleset *current = ruleset_ref(rules->current);
    pthread_mutex_unlock(&rules->lock);
    return current;
}

/* ---- before the append */

/* Does the visitor have the energy, and is its network in time? */
static bool reserve(struct rules *rules, const struct question *question, const struct price *price,
                    struct reservation *reservation, struct verdict *verdict)
{
    const struct visitor *visitor = question->visitor;
    if (!accounts_reserve(rules->accounts, visitor->author, question->policy, price,
                          question->now_ms, &reservation->cost, &verdict->retry_ms)) {
        verdict->obstacle.reason = REFUSAL_ENERGY;
        return false;
    }
    if (!rules->networks)
        return true;
    if (!network_limits_take(rules->networks, visitor->networks, reservation->cost,
                             question->now_ms, &verdict->retry_ms)) {
        accounts_give_back(rules->accounts, visitor->author, reservation->cost);
        reservation->cost = 0;
        verdict->obstacle.reason = REFUSAL_NETWORK;
        return false;
    }
    memcpy(reservation->networks, visitor->networks, sizeof reservation->networks);
    return true;
}

bool rules_judge(struct rules *rules, const struct visitor *visitor, struct canvas_place *place,
                 const uint8_t *edits, size_t n, int64_t now_ms, struct reservation *reservation,
                 struct verdict *verdict)
{
    const struct question question = {.config = &rules->config,
                                      .policy = policy_of(rules, visitor),
                                      .visitor = visitor,
                                      .place = place,
                                      .edits = edits,
                                      .n = n,
                                      .now_ms = now_ms};
    struct price price = {0};
    memset(reservation, 0, sizeof *reservation);
    memset(verdict, 0, sizeof *verdict);
    reservation->author = visitor->author;
    bool restricts = atomic_load_explicit(&rules->restricts, memory_order_acquire);
    struct ruleset *ruleset = restricts ? rules_current(rules) : NULL;
    bool allowed = judge_allows(&question, ruleset, &price, verdict);
    ruleset_unref(ruleset);
    return allowed && (policy_is_free(question.policy) ||
                       reserve(rules, &question, &price, reservation, verdict));
}

void rules_give_back(struct rules *rules, const struct reservation *reservation)
{
    if (reservation->cost == 0)
        return;
    accounts_give_back(rules->accounts, reservation->author, reservation->cost);
    if (rules->networks)
        network_limits_give_back(rules->networks, reservation->networks, reservation->cost);
}

void rules_keep(struct rules *rules, const struct reservation *reservation, int64_t now_ms)
{
    if (reservation->cost > 0)
        accounts_keep(rules->accounts, reservation->author, reservation->cost, now_ms);
}

/* ---- batches */

int rules_own(struct rules *rules, uint64_t nonce)
{
    return rules->counts ? own_batches_add(rules->own, nonce) : 0;
}

void rules_disown(struct rules *rules, uint64_t nonce)
{
    if (rules->counts)
        own_batches_remove(rules->own, nonce);
}

bool rules_give_up(struct rules *rules, uint64_t nonce, uint64_t batch)
{
    return !rules->counts || own_batches_give_up(rules->own, nonce, batch);
}

/* ---- what there is */

const struct policy *rules_policy(const struct rules *rules)
{
    return &rules->config.people;
}

bool rules_count(const struct rules *rules)
{
    return rules->counts;
}

void rules_energy(struct rules *rules, const struct visitor *visitor, int64_t now_ms,
                  struct energy *energy)
{
    const struct policy *policy = policy_of(rules, visitor);
    energy->policy = policy;
    energy->available = policy_is_free(policy)
                            ? 0
                            : accounts_available(rules->accounts, visitor->author, policy, now_ms);
}

void rules_refill(struct rules *rules, uint64_t author)
{
    if (rules->counts)
        accounts_refill(rules->accounts, author);
}

uint64_t rules_sum(struct rules *rules, int64_t time_ms)
{
    return rules->counts ? accounts_sum(rules->accounts, time_ms) : 0;
}

uint64_t rules_pending(struct rules *rules)
{
    return rules->counts ? accounts_pending(rules->accounts) : 0;
}
