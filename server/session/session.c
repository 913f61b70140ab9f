/* SPDX-License-Identifier: ISC */
/*
 * session: what one client is owed is a few bits and numbers, told as far as its transport takes
 * it. The order is fixed: hello, reset, notice, the frames it is behind, refusals, placed, the
 * rest. So a client has the frame that shows its edit before it hears that it is placed, and has
 * heard of every refusal below a placed id.
 */
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/edit.h"
#include "session/owed.h"
#include "session/shard_state.h"

enum {
    REFUSALS_MAX = 64, /* refusals that wait for one client; more: it does not read, close it */
    CLOSE_BAD_DATA = 1007,
    CLOSE_POLICY = 1008,
    CLOSE_TOO_BIG = 1009,
    CLOSE_UNKNOWN = 1011,
    CLOSE_BEHIND = 4001,
    RETRY_MS = 1000,
};

enum session_from session_parse_from(const char *text, size_t len, uint64_t *version)
{
    *version = 0;
    if (!text)
        return FROM_PRESENT;
    if (len == 0 || len > 19) /* 19 digits always fit */
        return FROM_GARBAGE;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return FROM_GARBAGE;
        *version = *version * 10 + (uint64_t)(text[i] - '0');
    }
    return FROM_VERSION;
}

/* A client at `version`: is going on from there cheaper than the picture? */
static bool can_resume(const struct shard *shard, uint64_t version, uint64_t *position)
{
    uint64_t found;
    if (version > ring_head(shard->ring).version || !ring_find(shard->ring, version, &found))
        return false;
    uint64_t behind = ring_head(shard->ring).position - found;
    /* One frame is always cheap enough: a picture may be a second old, and where it is small and
     * much is painted, what came since would cost more than it: a client would go round in circles.
     */
    if (behind > FRAME_EDITS_MAX && behind * EDIT_BYTES > atomic_load(&shard->picture_bytes))
        return false;
    *position = found; /* not before: who is reset goes on at the present */
    return true;
}

void session_owe(struct session *session, unsigned bits)
{
    if (session->closing)
        return;
    session->owed |= (uint16_t)bits;
    shard_list(session->shard, session);
}

int session_init(struct session *session, struct shard *shard, const struct session_ops *ops,
                 bool viewer, enum session_from from, uint64_t version)
{
    memset(session, 0, sizeof *session);
    session->ops = ops;
    session->shard = shard;
    session->viewer = viewer;
    session->heard = true;
    struct ring_mark head = ring_head(shard->ring);
    session->position = head.position;
    session->version = head.version;
    if (shard_join(shard, session) != 0)
        return -1;
    if (!viewer)
        return 0;
    metric_add(shard->metrics, sessions, 1);
    metric_add(shard->metrics, sessions_total, 1);
    session_owe(session, OWED_HELLO);
    if (from == FROM_VERSION && can_resume(shard, version, &session->position)) {
        session->version = version;
    } else if (from != FROM_PRESENT) {
        session_owe(session, OWED_RESET);
        metric_add(shard->metrics, resets_total, 1);
    }
    return 0;
}

void session_finish(struct session *session)
{
    if (session->viewer)
        metric_add(session->shard->metrics, sessions, -1);
    shard_leave(session->shard, session);
    free(session->refusals);
    session->refusals = NULL;
}

void session_close(struct session *session, unsigned code, const char *reason)
{
    if (session->closing)
        return;
    session->closing = true;
    session->owed = 0;
    session->ops->close(session, code, reason);
}

static void refuse(struct session *session, uint32_t id, uint32_t edits, enum refusal reason)
{
    metric_add(session->shard->metrics, edits_refused_total, edits);
    if (session->closing)
        return;
    if (!session->refusals)
        session->refusals = malloc(REFUSALS_MAX * sizeof *session->refusals);
    if (!session->refusals || session->n_refusals == REFUSALS_MAX) {
        session_close(session, CLOSE_POLICY, "does not read its refusals");
        return;
    }
    session->refusals[session->n_refusals++] = (struct owed_refusal){id, reason};
    session_owe(session, OWED_REFUSALS);
}

void session_settled(struct session *session, uint32_t id, enum settled what, enum refusal reason,
                     uint64_t version)
{
    if (session->closing)
        return;
    switch (what) {
    case SETTLED_PLACED:
        session->placed_id = id;
        session->placed_version = version;
        session_owe(session, OWED_PLACED);
        break;
    case SETTLED_REFUSED:
        refuse(session, id, 0, reason); /* its edits were counted by the shard */
        break;
    case SETTLED_UNKNOWN:
        session_close(session, CLOSE_UNKNOWN, "an edit's outcome is unknown");
        break;
    }
}

void session_submit(struct session *session, uint32_t id, const uint8_t *edits, size_t n)
{
    struct shard *shard = session->shard;
    struct ticket ticket = {
        .handle = shard_handle(shard, session->slot), .id = id, .edits = (uint32_t)n};
    enum refusal reason = REFUSAL_RANGE;
    if (edits_in_range(edits, n) && intake_add(shard->intake, &ticket, edits, &reason)) {
        metric_add(shard->metrics, messages_total, 1);
        metric_add(shard->metrics, edits_taken_total, n);
        return;
    }
    refuse(session, id, ticket.edits, reason);
    /* Told at once if the transport takes it: a flood of refusals must not pile up until the tick.
     */
    if (session->n_refusals >= REFUSALS_MAX / 2)
        session_pump(session, env_now_us(shard->env));
}

unsigned session_message(struct session *session, const uint8_t *bytes, size_t len)
{
    session->heard = true;
    if (len > SESSION_MESSAGE_BYTES)
        return CLOSE_TOO_BIG;
    if (len < 4 + EDIT_BYTES || (len - 4) % EDIT_BYTES != 0)
        return CLOSE_BAD_DATA;
    uint32_t id = load_u32(bytes);
    if (id <= session->last_id)
        return CLOSE_POLICY;
    session->last_id = id;
    if (!session->closing)
        session_submit(session, id, bytes + 4, (len - 4) / EDIT_BYTES);
    return 0;
}

void session_ask_energy(struct session *session)
{
    session_owe(session, OWED_ENERGY);
}

void session_heard(struct session *session)
{
    session->heard = true;
}

/* Note how a send went. True: go on. */
static bool went(struct session *session, enum told told, uint64_t now)
{
    switch (told) {
    case TOLD_ALL:
        session->busy_since_us = 0;
        return true;
    case TOLD_BUSY:
        if (session->busy_since_us == 0)
            session->busy_since_us = now;
        return false;
    case TOLD_BROKEN:
        session->closing = true;
        session->owed = 0;
        return false;
    case TOLD_FELL_OFF:
        metric_add(session->shard->metrics, fell_behind_total, 1);
        session_close(session, CLOSE_BEHIND, "too far behind");
        return false;
    }
    return false;
}

static bool say(struct session *session, const struct message *message, uint64_t now)
{
    static const enum told told[] = {
        [SENT_OK] = TOLD_ALL, [SENT_BUSY] = TOLD_BUSY, [SENT_GONE] = TOLD_BROKEN};
    return went(session, told[session->ops->message(session, message)], now);
}

/* Say message if `bit` is owed. True: go on. */
static bool say_owed(struct session *session, unsigned bit, const struct message *message,
                     uint64_t now)
{
    if (!(session->owed & bit))
        return true;
    if (!say(session, message, now))
        return false;
    session->owed &= (uint16_t)~bit;
    return true;
}

static bool say_refusals(struct session *session, uint64_t now)
{
    if (!(session->owed & OWED_REFUSALS))
        return true;
    size_t told = 0;
    bool good = true;
    while (good && told < session->n_refusals) {
        const struct owed_refusal *owed = &session->refusals[told];
        bool again = owed->reason == REFUSAL_BUSY || owed->reason == REFUSAL_READONLY;
        struct message message = {.type = MESSAGE_REFUSED,
                                  .id = owed->id,
                                  .reason = owed->reason,
                                  .retry_ms = again ? RETRY_MS : 0};
        good = say(session, &message, now);
        told += good;
    }
    session->n_refusals = (uint8_t)(session->n_refusals - told);
    memmove(session->refusals, session->refusals + told,
            session->n_refusals * sizeof *session->refusals);
    if (session->n_refusals == 0)
        session->owed &= (uint16_t)~OWED_REFUSALS;
    return good;
}

static struct message make_hello(const struct session *session)
{
    const struct shard *shard = session->shard;
    return (struct message){.type = MESSAGE_HELLO,
                            .version = session->version,
                            .energy = shard->config.energy,
                            .readonly = shard->readonly,
                            .online = shard_online(shard)};
}

struct message session_take_hello(struct session *session)
{
    session->owed &= (uint16_t)~OWED_HELLO;
    return make_hello(session);
}

/* Everything that comes before frames. True: frames may be sent. */
static bool say_opening(struct session *session, uint64_t now)
{
    struct shard *shard = session->shard;
    struct message hello = make_hello(session);
    struct message reset = {.type = MESSAGE_RESET, .version = session->version};
    struct message notice = {.type = MESSAGE_NOTICE, .readonly = shard->readonly};
    return say_owed(session, OWED_HELLO, &hello, now) &&
           say_owed(session, OWED_RESET, &reset, now) &&
           say_owed(session, OWED_NOTICE, &notice, now);
}

void session_paid(struct session *session, const struct frame *frame)
{
    for (size_t i = 0; i < frame->n_riders; i++) {
        if (frame->riders[i].type == MESSAGE_ONLINE &&
            frame->riders[i].online == session->shard->beat_online)
            session->owed &= (uint16_t)~OWED_ONLINE;
    }
}

static void say_rest(struct session *session, uint64_t now)
{
    struct shard *shard = session->shard;
    struct message placed = {
        .type = MESSAGE_PLACED, .id = session->placed_id, .version = session->placed_version};
    struct message energy = {.type = MESSAGE_ENERGY, .energy = shard->config.energy};
    struct message online = {.type = MESSAGE_ONLINE, .online = shard_online(shard)};
    bool whole;
    /* A viewer hears of its edit when it has been sent the frame that shows it. */
    bool shown =
        !session->viewer || fanout_told(shard->fanout, &whole).version >= session->placed_version;
    /* Refusals first: placed covers every id below its own that was not refused. */
    (void)(say_refusals(session, now) && (!shown || say_owed(session, OWED_PLACED, &placed, now)) &&
           say_owed(session, OWED_ENERGY, &energy, now) &&
           say_owed(session, OWED_ONLINE, &online, now));
}

void session_tick(struct session *session, uint64_t now)
{
    if (session->closing || session->busy_since_us != 0 || !session->viewer)
        return;
    if (session->owed & (OWED_HELLO | OWED_RESET | OWED_NOTICE) && !say_opening(session, now))
        return;
    if (went(session, fanout_send(session->shard->fanout, session), now) && session->owed)
        say_rest(session, now);
}

void session_pump(struct session *session, uint64_t now)
{
    if (session->closing || !say_opening(session, now))
        return;
    struct fanout *fanout = session->shard->fanout;
    if (session->viewer && !fanout_up_to_date(fanout, session) &&
        !went(session, fanout_send(fanout, session), now))
        return;
    if (session->owed)
        say_rest(session, now);
}

void session_writable(struct session *session)
{
    session->busy_since_us = 0;
    session_pump(session, env_now_us(session->shard->env));
}
