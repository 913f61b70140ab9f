/* SPDX-License-Identifier: ISC */
/* rules: see rules.h. */
#include "rules/rules.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct rules {
    struct fold fold;
    struct rules_config config;
    pthread_mutex_t lock;
    struct ruleset *current;
};

static int on_record(struct fold *fold, const struct fold_record *record,
                     char error[FOLD_ERROR_BYTES])
{
    return 0;
}

struct rules *rules_create(const struct rules_config *config, struct metrics *metrics)
{
    static const struct fold_ops ops = {.record = on_record};
    static const struct ruleset_parts nothing = {.colours = RULESET_ALL_COLOURS};
    struct rules *rules = calloc(1, sizeof *rules);
    if (!rules)
        return NULL;
    rules->fold = (struct fold){.ops = &ops, .from = FOLD_LIVE};
    rules->config = *config;
    pthread_mutex_init(&rules->lock, NULL);
    rules->current = ruleset_create(&nothing);
    if (rules->current)
        return rules;
    rules_destroy(rules);
    return NULL;
}

void rules_destroy(struct rules *rules)
{
    if (!rules)
        return;
    ruleset_unref(rules->current);
    pthread_mutex_destroy(&rules->lock);
    free(rules);
}

struct fold *rules_fold(struct rules *rules)
{
    return &rules->fold;
}

int rules_prepare(struct rules *rules, struct reader *reader, int64_t now_ms,
                  char error[FOLD_ERROR_BYTES])
{
    return 0;
}

void rules_replace(struct rules *rules, struct ruleset *ruleset)
{
    pthread_mutex_lock(&rules->lock);
    struct ruleset *old = rules->current;
    rules->current = ruleset;
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

bool rules_judge(struct rules *rules, const struct visitor *visitor, struct canvas_place *place,
                 const uint8_t *edits, size_t n, int64_t now_ms, struct reservation *reservation,
                 struct verdict *verdict)
{
    memset(reservation, 0, sizeof *reservation);
    reservation->author = visitor->author;
    return true;
}

void rules_give_back(struct rules *rules, const struct reservation *reservation)
{
}

void rules_keep(struct rules *rules, const struct reservation *reservation, int64_t now_ms)
{
}

void rules_own(struct rules *rules, uint64_t nonce)
{
}

void rules_disown(struct rules *rules, uint64_t nonce)
{
}

const struct policy *rules_policy(const struct rules *rules)
{
    return &rules->config.people;
}

bool rules_count(const struct rules *rules)
{
    return !policy_is_free(&rules->config.people) || !policy_is_free(&rules->config.bots);
}

void rules_energy(struct rules *rules, const struct visitor *visitor, int64_t now_ms,
                  struct energy *energy)
{
    energy->policy = &rules->config.people;
    energy->available = 0;
}

void rules_refill(struct rules *rules, uint64_t author)
{
}
