/* SPDX-License-Identifier: ISC */
/* shard: the table of sessions, and the order of work in one turn of the loop. */
#include "session/shard.h"

#include <stdlib.h>

#include "session/owed.h"
#include "session/shard_state.h"

#define NO_SLOT UINT32_MAX

enum {
    SWEEP_US = 1000 * 1000,     /* look for stalled sessions, ping some */
    WATCH_US = 200 * 1000,      /* look whether the log is writable */
    PICTURE_BYTES = 512 * 1024, /* until a picture has been made: about its greatest size */
    BEAT_US = 1000 * 1000,      /* between heartbeats, at least, */
    BEAT_SESSION_US = 1000,     /* and this more a session; */
    BEAT_WAIT_US = 1000 * 1000, /* so long one that is due waits for a frame to go with */
    PREFETCH = 4,               /* sessions ahead */
    CACHE_LINE = 64,            /* bytes */
    SLOTS_A_LINE = CACHE_LINE / sizeof(struct slot),
    CLOSE_STALLED = 4001,
};

const struct shard_config shard_defaults = {
    .batch_us = 200 * 1000,
    .tick_us = 200 * 1000,
    .heartbeat_us = 10 * 1000 * 1000,
    .ping_us = 30 * 1000 * 1000,
    .stall_us = 15 * 1000 * 1000,
    .unknown_us = 10 * 1000 * 1000,
    .energy = "free",
};

int shard_join(struct shard *shard, struct session *session)
{
    uint32_t at = shard->free_slot;
    if (at != NO_SLOT) {
        shard->free_slot = shard->slots[at].next_free;
    } else {
        if (shard->n_slots == shard->room) {
            uint32_t room = shard->room ? 2 * shard->room : 64;
            struct slot *slots = realloc(shard->slots, room * sizeof *slots);
            if (!slots)
                return -1;
            shard->slots = slots;
            uint32_t *owing = realloc(shard->owing, room * sizeof *owing);
            if (!owing)
                return -1;
            shard->owing = owing;
            shard->room = room;
        }
        at = shard->n_slots++;
        shard->slots[at] = (struct slot){.generation = 1};
    }
    shard->slots[at].session = session;
    session->slot = at;
    shard->n_sessions++;
    return 0;
}

void shard_list(struct shard *shard, struct session *session)
{
    if (session->listed)
        return;
    session->listed = true;
    shard->owing[shard->n_owing++] = session->slot;
}

/* Nobody is listed twice: who leaves is taken off, so the list never outgrows the slots. */
static void unlist(struct shard *shard, const struct session *session)
{
    for (uint32_t i = 0; session->listed && i < shard->n_owing; i++) {
        if (shard->owing[i] == session->slot) {
            shard->owing[i] = shard->owing[--shard->n_owing];
            return;
        }
    }
}

void shard_leave(struct shard *shard, struct session *session)
{
    unlist(shard, session);
    struct slot *slot = &shard->slots[session->slot];
    slot->session = NULL;
    slot->generation++;
    slot->next_free = shard->free_slot;
    shard->free_slot = session->slot;
    shard->n_sessions--;
}

uint64_t shard_handle(const struct shard *shard, uint32_t slot)
{
    return (uint64_t)shard->slots[slot].generation << 32 | slot;
}

/* The session that a ticket is of, or NULL when it has left. */
static struct session *holder(const struct shard *shard, uint64_t handle)
{
    const struct slot *slot = &shard->slots[(uint32_t)handle];
    return slot->generation == handle >> 32 ? slot->session : NULL;
}

static void on_settled(struct intake_sink *sink, const struct ticket *ticket, enum settled what,
                       enum refusal reason, uint64_t version)
{
    struct shard *shard = (struct shard *)((char *)sink - offsetof(struct shard, sink));
    if (what == SETTLED_REFUSED)
        metric_add(shard->metrics, edits_refused_total, ticket->edits);
    struct session *session = holder(shard, ticket->handle);
    if (session)
        session_settled(session, ticket->id, what, reason, version);
}

struct shard *shard_create(struct env *env, struct log_writer *writer, struct reducer *reducer,
                           struct ring *ring, struct metrics *metrics,
                           const struct shard_config *config, struct shard_host *host)
{
    struct shard *shard = calloc(1, sizeof *shard);
    if (!shard)
        return NULL;
    shard->env = env;
    shard->writer = writer;
    shard->reducer = reducer;
    shard->ring = ring;
    shard->metrics = metrics;
    shard->config = *config;
    shard->host = host;
    shard->picture_bytes = PICTURE_BYTES;
    shard->free_slot = NO_SLOT;
    shard->sink.settled = on_settled;
    struct intake_config intake = {.batch_us = config->batch_us, .unknown_us = config->unknown_us};
    shard->intake = intake_create(env, writer, reducer, metrics, intake, &shard->sink, shard);
    shard->fanout = fanout_create(ring, metrics, config->tick_us);
    if (!shard->intake || !shard->fanout) {
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
    fanout_destroy(shard->fanout);
    free(shard->slots);
    free(shard->owing);
    free(shard);
}

void shard_notify(struct shard *shard)
{
    if (!atomic_exchange_explicit(&shard->notified, true, memory_order_acq_rel))
        shard->host->wake(shard->host);
}

uint64_t shard_online(const struct shard *shard)
{
    return metric_get(shard->metrics, sessions);
}

bool shard_readonly(const struct shard *shard)
{
    return shard->readonly;
}

void shard_set_picture_bytes(struct shard *shard, uint64_t bytes)
{
    atomic_store(&shard->picture_bytes, bytes);
}

static void owe_all(struct shard *shard, unsigned bits)
{
    for (uint32_t i = 0; i < shard->n_slots; i++) {
        struct session *session = shard->slots[i].session;
        if (session && session->viewer)
            session_owe(session, bits);
    }
}

/* The log's state, told to everybody when it changes. */
static void watch_log(struct shard *shard)
{
    bool readonly = log_writer_state(shard->writer) == LOG_STALLED;
    metric_set(shard->metrics, log_writable, !readonly);
    if (readonly != shard->readonly) {
        shard->readonly = readonly;
        owe_all(shard, OWED_NOTICE);
    }
}

/* Tell who is up to date what its canvas must look like. Not owed: a client that misses one gets
 * the next, and a checksum is of use only at its version. */
static void say_checksum(struct shard *shard, const struct message *message)
{
    struct ring_mark told = fanout_told(shard->fanout, &(bool){false});
    for (uint32_t i = 0; i < shard->n_slots; i++) {
        struct session *session = shard->slots[i].session;
        if (session && session->viewer && !session->closing && session->owed == 0 &&
            session->busy_since_us == 0 && session->position == told.position)
            session->ops->message(session, message);
    }
}

/* Often when few are there, seldom when many are: about a thousand of these messages a second. */
static uint64_t beat_interval(const struct shard *shard)
{
    uint64_t interval = BEAT_US + (uint64_t)shard->n_sessions * BEAT_SESSION_US;
    return interval < shard->config.heartbeat_us ? interval : shard->config.heartbeat_us;
}

/* Checksum and online, when they have changed: with the frame of the next tick, where they cost no
 * send of their own; when none comes, by themselves. */
static void heartbeat(struct shard *shard, uint64_t now, bool ticked)
{
    uint64_t due = shard->beat_us + beat_interval(shard);
    if (now < due || (!ticked && now < due + BEAT_WAIT_US))
        return;
    shard->beat_us = now;
    bool whole;
    struct ring_mark told = fanout_told(shard->fanout, &whole);
    if (whole && told.version != shard->beat_version) {
        struct message checksum = {
            .type = MESSAGE_CHECKSUM, .version = told.version, .checksum = told.checksum};
        shard->beat_version = told.version;
        if (!ticked || !fanout_ride(shard->fanout, &checksum))
            say_checksum(shard, &checksum);
    }
    if (shard_online(shard) != shard->beat_online) {
        shard->beat_online = shard_online(shard);
        struct message online = {.type = MESSAGE_ONLINE, .online = shard->beat_online};
        owe_all(shard, OWED_ONLINE); /* who gets it with the frame owes nothing any more */
        if (ticked)
            (void)fanout_ride(shard->fanout, &online);
    }
}

static void ping(struct session *session)
{
    if (!session->ops->ping || session->closing || session->busy_since_us != 0)
        return;
    if (session->ops->pongs && !session->heard) {
        session_close(session, CLOSE_STALLED, "no answer to a ping");
        return;
    }
    session->heard = false;
    session->ops->ping(session);
}

/* Once a second: close who has stalled, and ping a share of the sessions, so that all are pinged
 * once in ping_us and never all at once. */
static void sweep(struct shard *shard, uint64_t now)
{
    if (now < shard->swept_us + SWEEP_US)
        return;
    uint64_t elapsed = shard->swept_us == 0 ? SWEEP_US : now - shard->swept_us;
    shard->swept_us = now;
    for (uint32_t i = 0; i < shard->n_slots; i++) {
        struct session *session = shard->slots[i].session;
        if (session && !session->closing && session->busy_since_us != 0 &&
            now > session->busy_since_us + shard->config.stall_us) {
            metric_add(shard->metrics, fell_behind_total, 1);
            session_close(session, CLOSE_STALLED, "does not read");
        }
    }
    /* What is due of a session's ping adds up, so that few sessions are not pinged more often. */
    shard->ping_credit += shard->n_slots * elapsed;
    uint64_t share = shard->ping_credit / shard->config.ping_us;
    shard->ping_credit %= shard->config.ping_us;
    for (uint64_t i = 0; i < share && i < shard->n_slots; i++) {
        if (shard->ping_slot >= shard->n_slots)
            shard->ping_slot = 0;
        struct session *session = shard->slots[shard->ping_slot++].session;
        if (session)
            ping(session);
    }
}

/* Tell those who are owed something; who is busy is told when it is writable. */
static void pay(struct shard *shard, uint64_t now)
{
    while (shard->n_owing > 0) {
        struct session *session = shard->slots[shard->owing[--shard->n_owing]].session;
        session->listed = false;
        if (session->busy_since_us == 0)
            session_pump(session, now);
    }
}

/* With thousands of sessions each is cold when its turn comes: have its memory fetched while others
 * are told, then what its transport needs besides. Not in functions of their own: gcc 12 takes one
 * that only prefetches for one without effect, and drops the call. */
static void tell_everybody(struct shard *shard, uint64_t now)
{
    for (uint32_t i = 0; i < shard->n_slots; i++) {
        const struct slot *slot = &shard->slots[i];
        uint32_t left = shard->n_slots - i;
        if (left > SLOTS_A_LINE)
            __builtin_prefetch(slot + SLOTS_A_LINE);
        if (left > PREFETCH && slot[PREFETCH].session) {
            const char *session = (const char *)slot[PREFETCH].session;
            __builtin_prefetch(session);
            __builtin_prefetch(session - CACHE_LINE);
        }
        struct session *next = left > PREFETCH / 2 ? slot[PREFETCH / 2].session : NULL;
        if (next && next->ops->soon)
            next->ops->soon(next);
        if (slot->session)
            session_tick(slot->session, now);
    }
}

uint64_t shard_run(struct shard *shard)
{
    atomic_store_explicit(&shard->notified, false, memory_order_release);
    atomic_thread_fence(memory_order_seq_cst); /* what is read below is newer than the flag */
    uint64_t now = env_now_us(shard->env);
    uint64_t due = intake_run(shard->intake);

    watch_log(shard);
    uint64_t tick_due;
    bool ticked = fanout_tick(shard->fanout, now, shard->draining, &tick_due);
    heartbeat(shard, now, ticked);
    if (ticked) {
        tell_everybody(shard, now);
        fanout_round(shard->fanout, env_now_us(shard->env) - now);
    }
    sweep(shard, now);
    pay(shard, now);
    fanout_count(shard->fanout);

    if (tick_due < due)
        due = tick_due;
    if (shard->n_sessions > 0 && now + WATCH_US < due)
        due = now + WATCH_US;
    return due;
}

void shard_drain(struct shard *shard)
{
    shard->draining = true;
    intake_close(shard->intake);
}

bool shard_drained(const struct shard *shard)
{
    if (!intake_idle(shard->intake))
        return false;
    for (uint32_t i = 0; i < shard->n_slots; i++) {
        const struct session *session = shard->slots[i].session;
        if (session && !session->closing && session->busy_since_us == 0 && session->owed != 0)
            return false;
    }
    return true;
}

void shard_close_sessions(struct shard *shard, unsigned code, const char *reason)
{
    for (uint32_t i = 0; i < shard->n_slots; i++) {
        if (shard->slots[i].session)
            session_close(shard->slots[i].session, code, reason);
    }
}
