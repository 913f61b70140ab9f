/* SPDX-License-Identifier: ISC */
/*
 * shard: the order of work in one turn of the loop. A turn visits the canvases that have news or
 * whose tick is due; those that are busy elsewhere cost the others nothing.
 */
#include "session/shard.h"

#include <stddef.h>
#include <stdlib.h>

#include "core/close.h"
#include "session/heartbeat.h"
#include "session/session.h"
#include "session/shard_state.h"

enum {
    SWEEP_US = 1000 * 1000, /* look for stalled sessions, ping some */
    WATCH_US = 200 * 1000,  /* look whether the log is writable, and for heartbeats */
    PREFETCH = 4,           /* sessions ahead */
    CACHE_LINE = 64,        /* bytes */
    MEMBERS_A_LINE = CACHE_LINE / sizeof(struct session *),
};

const struct shard_config shard_defaults = {
    .batch_us = 200 * 1000,
    .tick_us = 200 * 1000,
    .heartbeat_us = 10 * 1000 * 1000,
    .ping_us = 30 * 1000 * 1000,
    .stall_us = 15 * 1000 * 1000,
    .unknown_us = 10 * 1000 * 1000,
};

/* ---- what other threads and the intake say ---- */

/* Wake the host once until the next turn. Any thread. */
static void notify(struct shard *shard)
{
    if (!atomic_exchange_explicit(&shard->notified, true, memory_order_acq_rel))
        shard->host->wake(shard->host);
}

static void on_news(struct news *news)
{
    notify((struct shard *)((char *)news - offsetof(struct shard, audiences.news)));
}

static struct shard *of_sink(struct intake_sink *sink)
{
    return (struct shard *)((char *)sink - offsetof(struct shard, sink));
}

static void on_ready(struct intake_sink *sink)
{
    notify(of_sink(sink));
}

static void on_settled(struct intake_sink *sink, const struct ticket *ticket, enum settled what,
                       enum refusal reason, uint64_t version)
{
    struct shard *shard = of_sink(sink);
    if (what == SETTLED_REFUSED)
        shard_count_refused(shard, reason, ticket->edits);
    struct session *session = roster_find(&shard->roster, ticket->handle);
    if (session)
        session_settled(session, ticket->id, what, reason, version);
}

void shard_rules_changed(struct shard *shard)
{
    atomic_store(&shard->rules_changed, true);
    notify(shard);
}

/* ---- making and releasing ---- */

struct shard *shard_create(struct env *env, struct log_writer *writer, struct canvases *canvases,
                           struct owners *owners, struct rules *rules, struct metrics *metrics,
                           const struct shard_config *config, struct shard_host *host)
{
    struct shard *shard = calloc(1, sizeof *shard);
    if (!shard)
        return NULL;
    shard->env = env;
    shard->writer = writer;
    shard->canvases = canvases;
    shard->rules = rules;
    shard->metrics = metrics;
    shard->config = *config;
    shard->host = host;
    shard->sink = (struct intake_sink){.settled = on_settled, .ready = on_ready};
    roster_init(&shard->roster);
    audiences_init(&shard->audiences, metrics, config->tick_us, on_news);
    struct intake_config intake = {.batch_us = config->batch_us, .unknown_us = config->unknown_us};
    shard->intake =
        intake_create(env, writer, canvases, owners, rules, metrics, intake, &shard->sink);
    if (!shard->intake) {
        shard_destroy(shard);
        return NULL;
    }
    return shard;
}

void shard_destroy(struct shard *shard)
{
    if (!shard)
        return;
    intake_destroy(shard->intake);
    audiences_finish(&shard->audiences);
    roster_finish(&shard->roster);
    free(shard);
}

uint64_t shard_online(const struct shard *shard)
{
    return metric_get(shard->metrics, people);
}

bool shard_readonly(const struct shard *shard)
{
    return shard->readonly;
}

/* ---- the log's state ---- */

static void set_all_pending(struct shard *shard, unsigned bits)
{
    for (uint32_t i = 0; i < shard->roster.n_slots; i++) {
        struct session *session = shard->roster.slots[i].session;
        if (session && session->audience)
            session_set_pending(session, bits);
    }
}

/* Everybody is told when it changes. */
static void watch_log(struct shard *shard)
{
    bool readonly = log_writer_state(shard->writer) == LOG_STALLED;
    metric_set(shard->metrics, log_writable, !readonly);
    if (readonly != shard->readonly) {
        shard->readonly = readonly;
        set_all_pending(shard, PENDING_NOTICE);
    }
}

/* Likewise when the rules do. */
static void watch_rules(struct shard *shard)
{
    if (!atomic_exchange(&shard->rules_changed, false))
        return;
    struct ruleset *ruleset = rules_current(shard->rules);
    shard->rules_serial = ruleset_serial(ruleset);
    ruleset_unref(ruleset);
    set_all_pending(shard, PENDING_RULES);
}

/* ---- the viewers of a canvas ---- */

/* With thousands of sessions each is cold when its turn comes: have its memory fetched while others
 * are sent to, then what its transport needs besides. Not in functions of their own: gcc 12 takes
 * one that only prefetches for one without effect, and drops the call. */
static void send_round(const struct audience *audience, uint64_t now_us)
{
    struct session *const *members = audience->members;
    for (uint32_t i = 0; i < audience->n; i++) {
        uint32_t left = audience->n - i;
        if (left > MEMBERS_A_LINE)
            __builtin_prefetch(members + i + MEMBERS_A_LINE);
        if (left > PREFETCH) {
            const char *session = (const char *)members[i + PREFETCH];
            __builtin_prefetch(session);
            __builtin_prefetch(session - CACHE_LINE);
        }
        struct session *next = left > PREFETCH / 2 ? members[i + PREFETCH / 2] : NULL;
        if (next && next->ops->prefetch)
            next->ops->prefetch(next);
        session_tick(members[i], now_us);
    }
}

static void visit(struct shard *shard, struct audience *audience, uint64_t now_us)
{
    uint64_t due_us;
    bool ticked = fanout_tick(&audience->fanout, now_us, shard->draining, &due_us);
    shard->audiences.due_us[audience->index] = due_us;
    if (!ticked)
        return;
    heartbeat_run(shard, audience, now_us, true);
    uint64_t began_us = env_now_us(shard->env);
    send_round(audience, now_us);
    pace_spend(&shard->audiences.pace, began_us, env_now_us(shard->env) - began_us);
}

/* Visit those that are due. When the next one is. */
static uint64_t visit_audiences(struct shard *shard, uint64_t now_us)
{
    struct audiences *audiences = &shard->audiences;
    uint64_t due_us = UINT64_MAX;
    audiences_take_news(audiences);
    for (uint32_t i = 0; i < audiences->n; i++) {
        if (audiences->due_us[i] <= now_us)
            visit(shard, audiences->all[i], now_us);
        if (audiences->due_us[i] < due_us)
            due_us = audiences->due_us[i];
    }
    return due_us;
}

/* Heartbeats of canvases that nothing happens on. */
static void watch_heartbeats(struct shard *shard, uint64_t now_us)
{
    if (now_us < shard->watched_us + WATCH_US)
        return;
    shard->watched_us = now_us;
    for (uint32_t i = 0; i < shard->audiences.n; i++)
        heartbeat_run(shard, shard->audiences.all[i], now_us, false);
}

/* ---- the sessions one by one ---- */

static void ping(struct session *session)
{
    if (!session->ops->ping || session->closing || session->busy_since_us != 0)
        return;
    if (session->ops->pongs && !session->heard) {
        session_close(session, CLOSE_BEHIND, "no answer to a ping");
        return;
    }
    session->heard = false;
    session->ops->ping(session);
}

static void close_stalled(struct shard *shard, uint64_t now_us)
{
    for (uint32_t i = 0; i < shard->roster.n_slots; i++) {
        struct session *session = shard->roster.slots[i].session;
        if (session && !session->closing && session->busy_since_us != 0 &&
            now_us > session->busy_since_us + shard->config.stall_us) {
            metric_add(shard->metrics, fell_behind_total, 1);
            session_close(session, CLOSE_BEHIND, "does not read");
        }
    }
}

/* Once a second: close who has stalled, and ping a share of the sessions, so that all are pinged
 * once in ping_us and never all at once. */
static void sweep(struct shard *shard, uint64_t now_us)
{
    if (now_us < shard->swept_us + SWEEP_US)
        return;
    const struct roster *roster = &shard->roster;
    uint64_t elapsed = shard->swept_us == 0 ? SWEEP_US : now_us - shard->swept_us;
    shard->swept_us = now_us;
    close_stalled(shard, now_us);
    /* What is due of a session's ping adds up, so that few sessions are not pinged more often. */
    shard->ping_credit += roster->n_slots * elapsed;
    uint64_t share = shard->ping_credit / shard->config.ping_us;
    shard->ping_credit %= shard->config.ping_us;
    for (uint64_t i = 0; i < share && i < roster->n_slots; i++) {
        if (shard->ping_slot >= roster->n_slots)
            shard->ping_slot = 0;
        struct session *session = roster->slots[shard->ping_slot++].session;
        if (session)
            ping(session);
    }
}

/* Send what is pending; who is busy gets it when it is writable. */
static void flush_pending(struct shard *shard, uint64_t now_us)
{
    struct session *session;
    while ((session = roster_take_pending(&shard->roster))) {
        if (session->busy_since_us == 0)
            session_flush(session, now_us);
    }
}

/* Bring the metrics up to date with what was delivered. */
static void count_deliveries(struct shard *shard)
{
    if (shard->deliveries == 0)
        return;
    metric_add(shard->metrics, deliveries_total, shard->deliveries);
    metric_add(shard->metrics, delivered_bytes_total, shard->delivered_bytes);
    shard->deliveries = shard->delivered_bytes = 0;
}

/* ---- the turn ---- */

uint64_t shard_run(struct shard *shard)
{
    /* An exchange and not a store: what is read below is newer than what anybody notified of who
     * found the flag set. */
    atomic_exchange_explicit(&shard->notified, false, memory_order_acq_rel);
    uint64_t now_us = env_now_us(shard->env);
    uint64_t due_us = intake_run(shard->intake);

    watch_log(shard);
    watch_rules(shard);
    uint64_t visit_us = visit_audiences(shard, now_us);
    watch_heartbeats(shard, now_us);
    sweep(shard, now_us);
    flush_pending(shard, now_us);
    count_deliveries(shard);

    if (visit_us < due_us)
        due_us = visit_us;
    if (shard->roster.n_sessions > 0 && now_us + WATCH_US < due_us)
        due_us = now_us + WATCH_US;
    return due_us;
}

/* ---- the end ---- */

void shard_drain(struct shard *shard)
{
    shard->draining = true;
    intake_close(shard->intake);
    for (uint32_t i = 0; i < shard->audiences.n; i++) /* nobody waits for a tick any more */
        shard->audiences.due_us[i] = 0;
}

bool shard_drained(const struct shard *shard)
{
    if (!intake_idle(shard->intake))
        return false;
    for (uint32_t i = 0; i < shard->roster.n_slots; i++) {
        const struct session *session = shard->roster.slots[i].session;
        if (session && !session->closing && session->busy_since_us == 0 && session->pending != 0)
            return false;
    }
    return true;
}

void shard_close_sessions(struct shard *shard, unsigned code, const char *reason)
{
    for (uint32_t i = 0; i < shard->roster.n_slots; i++) {
        if (shard->roster.slots[i].session)
            session_close(shard->roster.slots[i].session, code, reason);
    }
}
