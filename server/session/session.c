/* SPDX-License-Identifier: ISC */
/*
 * session: what is pending for one client is a few bits and numbers, sent as far as its transport
 * takes it. The order is fixed: hello, reset, notice, the frames it is behind, refusals, placed,
 * the rest. So a client has the frame that shows its edit before it hears that it is placed, and
 * has heard of every refusal below a placed id.
 */
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/close.h"
#include "core/edit.h"
#include "identity/identity.h"
#include "session/shard_state.h"

enum {
    REST_MAX = 4, /* messages that come after them: placed, energy, rules, online */
    SECOND_US = 1000 * 1000,
    TAKEN_US = 60 * SECOND_US,
};

/* How sending to one client went. */
enum send_result {
    SEND_DONE,
    SEND_BUSY,        /* its transport took no more: go on when it is writable */
    SEND_BROKEN,      /* its connection is gone */
    SEND_CURSOR_LOST, /* what it needs is no longer in the ring */
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

/* A client that has everything before version: is going on from there possible, and cheaper than
 * the picture? Its canvas may be older than that; then it has all of it. */
static bool can_resume(const struct shard *shard, const struct canvas_place *place,
                       uint64_t version, uint64_t *position)
{
    /* Before the ring is looked at: all that is below this is in it. */
    if (version > canvases_version(shard->canvases))
        return false;
    const struct ring *ring = place_ring(place);
    uint64_t found;
    if (!ring_find(ring, version, &found))
        return false;
    uint64_t behind = ring_head(ring).position - found;
    /* One frame is always cheap enough: a picture may be a second old, and where it is small and
     * much is painted, what came since would cost more than it: a client would go round in circles.
     */
    if (behind > FRAME_EDITS_MAX && behind * EDIT_BYTES > place_picture_bytes(place))
        return false;
    *position = found; /* not before: who is reset goes on at the present */
    return true;
}

void session_set_pending(struct session *session, unsigned bits)
{
    if (session->closing)
        return;
    session->pending |= (uint16_t)bits;
    roster_set_pending(&session->shard->roster, session->slot);
}

/* Become a member of the canvas's audience. */
static int join_audience(struct session *session, enum session_from from, uint64_t version)
{
    struct shard *shard = session->shard;
    struct audience *audience = audiences_join(&shard->audiences, session->place);
    if (!audience)
        return -1;
    if (audience->n == 0) /* the first heartbeat comes in its time */
        audience->heartbeat_us = env_now_us(shard->env);
    if (audience_add(audience, session, &session->member) != 0) {
        audiences_leave(&shard->audiences, audience);
        return -1;
    }
    session->audience = audience;
    metric_add(shard->metrics, sessions, 1);
    metric_add(shard->metrics, people, 1);
    metric_add(shard->metrics, sessions_total, 1);
    struct ring_mark head = ring_head(place_ring(session->place));
    session->position = head.position;
    session->version = head.version;
    session_set_pending(session, PENDING_HELLO);
    if (from == FROM_VERSION && can_resume(shard, session->place, version, &session->position)) {
        session->version = version;
    } else if (from != FROM_PRESENT) {
        session_set_pending(session, PENDING_RESET);
        metric_add(shard->metrics, resets_total, 1);
    }
    return 0;
}

int session_init(struct session *session, struct shard *shard, struct canvas_place *place,
                 const struct session_ops *ops, const struct visitor *visitor, bool viewer,
                 enum session_from from, uint64_t version)
{
    memset(session, 0, sizeof *session);
    session->ops = ops;
    session->shard = shard;
    session->place = place;
    session->visitor = *visitor;
    session->heard = true;
    if (roster_add(&shard->roster, session, &session->slot) != 0)
        return -1;
    if (viewer && join_audience(session, from, version) != 0) {
        roster_remove(&shard->roster, session->slot);
        return -1;
    }
    return 0;
}

static void leave_audience(struct session *session)
{
    struct shard *shard = session->shard;
    struct session *moved = audience_remove(session->audience, session->member);
    if (moved)
        moved->member = session->member;
    audiences_leave(&shard->audiences, session->audience);
    metric_add(shard->metrics, sessions, -1);
    metric_add(shard->metrics, people, session->companion ? 0 : -1);
}

void session_set_companion(struct session *session)
{
    session->companion = true;
    metric_add(session->shard->metrics, people, -1);
}

void session_finish(struct session *session)
{
    if (session->audience)
        leave_audience(session);
    roster_remove(&session->shard->roster, session->slot);
    refusals_finish(&session->refusals);
}

void session_close(struct session *session, unsigned code, const char *reason)
{
    if (session->closing)
        return;
    session->closing = true;
    session->pending = 0;
    session->ops->close(session, code, reason);
}

/* What a viewer has of energy has changed; under `free` there is none. */
static unsigned energy_bit(const struct session *session)
{
    return session->audience && rules_count(session->shard->rules) ? PENDING_ENERGY : 0;
}

static void refuse(struct session *session, uint32_t id, const struct verdict *verdict)
{
    if (session->closing)
        return;
    if (refusals_add(&session->refusals, id, verdict) != 0) {
        session_close(session, CLOSE_POLICY, "does not read its refusals");
        return;
    }
    bool energy = verdict->obstacle.reason == REFUSAL_ENERGY;
    session_set_pending(session, PENDING_REFUSALS | (energy ? energy_bit(session) : 0));
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
        session_set_pending(session, PENDING_PLACED | energy_bit(session));
        break;
    case SETTLED_REFUSED:
        refuse(session, id, &(struct verdict){.obstacle.reason = reason});
        break;
    case SETTLED_UNKNOWN:
        session_close(session, CLOSE_UNKNOWN, "an edit's outcome is unknown");
        break;
    }
}

/* May the client send a message now, at the rate that is allowed? A second's worth may come at
 * once. */
static bool in_time(struct session *session, struct verdict *verdict)
{
    struct shard *shard = session->shard;
    if (shard->config.message_rate == 0)
        return true;
    uint64_t now_us = env_now_us(shard->env), each_us = SECOND_US / shard->config.message_rate;
    uint64_t rate_us = (session->rate_us > now_us ? session->rate_us : now_us) + each_us;
    if (rate_us <= now_us + SECOND_US) {
        session->rate_us = rate_us;
        return true;
    }
    verdict->obstacle.reason = REFUSAL_RATE;
    verdict->retry_ms = (rate_us - now_us - SECOND_US + 999) / 1000;
    return false;
}

/* Once a minute at most: who draws a thousand times from one place is not news each time. */
static void say_taken(struct session *session)
{
    const struct shard_config *config = &session->shard->config;
    uint64_t now_us = env_now_us(session->shard->env);
    if (!config->taken || (session->taken_us != 0 && now_us - session->taken_us < TAKEN_US))
        return;
    session->taken_us = now_us;
    config->taken(config->taken_context, &session->visitor, env_time_ms(session->shard->env));
}

void session_submit(struct session *session, uint32_t id, const uint8_t *edits, size_t n)
{
    struct shard *shard = session->shard;
    struct ticket ticket = {
        .handle = roster_handle(&shard->roster, session->slot), .id = id, .edits = (uint32_t)n};
    struct verdict verdict;
    memset(&verdict, 0, sizeof verdict);
    verdict.obstacle.reason = REFUSAL_RANGE;
    if (edits_in_range(edits, n) && in_time(session, &verdict) &&
        intake_add(shard->intake, session->place, &session->visitor, &ticket, edits, &verdict)) {
        metric_add(shard->metrics, messages_total, 1);
        metric_add(shard->metrics, edits_taken_total, n);
        say_taken(session);
        return;
    }
    shard_count_refused(shard, verdict.obstacle.reason, n);
    refuse(session, id, &verdict);
    /* Sent at once if the transport takes it: a flood of refusals must not pile up until the tick.
     */
    if (session->refusals.n >= REFUSALS_MAX / 2)
        session_flush(session, env_now_us(shard->env));
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
    session_set_pending(session, PENDING_ENERGY);
}

void session_heard(struct session *session)
{
    session->heard = true;
}

/* Note how sending went. True: go on. */
static bool check_sent(struct session *session, enum send_result result, uint64_t now_us)
{
    switch (result) {
    case SEND_DONE:
        session->busy_since_us = 0;
        return true;
    case SEND_BUSY:
        if (session->busy_since_us == 0)
            session->busy_since_us = now_us;
        return false;
    case SEND_BROKEN:
        session->closing = true;
        session->pending = 0;
        return false;
    case SEND_CURSOR_LOST:
        metric_add(session->shard->metrics, fell_behind_total, 1);
        session_close(session, CLOSE_BEHIND, "too far behind");
        return false;
    }
    return false;
}

static enum send_result result_of(enum sent sent)
{
    static const enum send_result results[] = {
        [SENT_OK] = SEND_DONE, [SENT_BUSY] = SEND_BUSY, [SENT_GONE] = SEND_BROKEN};
    return results[sent];
}

/* ---- frames ---- */

/* What was sent with a frame is no longer pending, unless it has changed since. */
static void note_messages(struct session *session, const struct frame *frame)
{
    for (size_t i = 0; i < frame->n_messages; i++) {
        if (frame->messages[i].type == MESSAGE_ONLINE &&
            frame->messages[i].online == session->audience->heartbeat_online)
            session->pending &= (uint16_t)~PENDING_ONLINE;
    }
}

static enum send_result send_frame(struct session *session, const struct frame *frame)
{
    enum sent sent = session->ops->frame(session, frame);
    if (sent != SENT_OK)
        return result_of(sent);
    session->position = frame->to;
    session->version = frame->version;
    if (frame->n_messages > 0)
        note_messages(session, frame);
    session->shard->deliveries++;
    session->shard->delivered_bytes += frame->len;
    return SEND_DONE;
}

/* Up to the last tick. */
static enum send_result send_frames(struct session *session)
{
    struct fanout *fanout = &session->audience->fanout;
    const struct frame *frame;
    for (;;) {
        switch (fanout_next(fanout, session->position, session->version, &frame)) {
        case FANOUT_UP_TO_DATE:
            return SEND_DONE;
        case FANOUT_NO_MEMORY:
            return SEND_BUSY;
        case FANOUT_LOST:
            return SEND_CURSOR_LOST;
        case FANOUT_FRAME:
            break;
        }
        enum send_result result = send_frame(session, frame);
        if (result != SEND_DONE)
            return result;
    }
}

/* ---- messages ---- */

static bool send_messages(struct session *session, const struct message *messages, size_t n,
                          uint64_t now_us)
{
    return check_sent(session, result_of(session->ops->messages(session, messages, n)), now_us);
}

/* Send message if `bit` is pending. True: go on. */
static bool send_pending(struct session *session, unsigned bit, const struct message *message,
                         uint64_t now_us)
{
    if (!(session->pending & bit))
        return true;
    if (!send_messages(session, message, 1, now_us))
        return false;
    session->pending &= (uint16_t)~bit;
    return true;
}

static uint64_t online(const struct shard *shard)
{
    return metric_get(shard->metrics, people);
}

static struct message_energy energy_of(const struct session *session)
{
    struct shard *shard = session->shard;
    struct energy energy;
    rules_energy(shard->rules, &session->visitor, env_time_ms(shard->env), &energy);
    const struct policy *policy = energy.policy;
    return (struct message_energy){.policy = policy->name,
                                   .capacity = policy->capacity,
                                   .blank = policy->blank,
                                   .painted = policy->painted,
                                   .energy = energy.available,
                                   .curve = policy->curve,
                                   .n_curve = policy->n_curve};
}

/* user must live as long as the hello. */
static struct message make_hello(const struct session *session, char user[PSEUDONYM_BYTES])
{
    const struct shard *shard = session->shard;
    identity_pseudonym(session->visitor.author, user);
    struct message hello = {.type = MESSAGE_HELLO,
                            .version = session->version,
                            .energy = energy_of(session),
                            .user = user,
                            .readonly = shard->readonly,
                            .online = online(shard),
                            .canvas = place_position(session->place),
                            .open = place_open(session->place)};
    hello.has_genesis = canvases_genesis(shard->canvases, hello.genesis);
    return hello;
}

size_t session_take_hello(struct session *session, char json[MESSAGE_JSON_BYTES])
{
    char user[PSEUDONYM_BYTES];
    session->pending &= (uint16_t)~PENDING_HELLO;
    struct message hello = make_hello(session, user);
    return message_json(&hello, json);
}

/* Everything that comes before frames. True: frames may be sent. */
static bool send_opening(struct session *session, uint64_t now_us)
{
    if (!(session->pending & (PENDING_HELLO | PENDING_RESET | PENDING_NOTICE)))
        return true;
    if (session->pending & PENDING_HELLO) {
        char user[PSEUDONYM_BYTES];
        struct message hello = make_hello(session, user);
        if (!send_pending(session, PENDING_HELLO, &hello, now_us))
            return false;
    }
    struct message reset = {.type = MESSAGE_RESET, .version = session->version};
    struct message notice = {.type = MESSAGE_NOTICE, .readonly = session->shard->readonly};
    return send_pending(session, PENDING_RESET, &reset, now_us) &&
           send_pending(session, PENDING_NOTICE, &notice, now_us);
}

/* A viewer hears of its edit when it has been sent the frame that shows it. */
static bool is_shown(const struct session *session)
{
    return !session->audience || session->audience->fanout.sent.version >= session->placed_version;
}

/* Everything that comes after refusals and can be sent by now, and the bits that it is pending by.
 */
static size_t list_rest(const struct session *session, struct message messages[REST_MAX],
                        unsigned *bits)
{
    struct shard *shard = session->shard;
    unsigned pending = session->pending;
    size_t n = 0;
    *bits = 0;
    if (!is_shown(session))
        pending &= ~(unsigned)PENDING_PLACED;
    if (pending & PENDING_PLACED)
        messages[n++] = (struct message){
            .type = MESSAGE_PLACED, .id = session->placed_id, .version = session->placed_version};
    /* After the placed, so that it is what that has left. */
    if ((session->pending & PENDING_PLACED) && !(pending & PENDING_PLACED))
        pending &= ~(unsigned)PENDING_ENERGY;
    if (pending & PENDING_ENERGY)
        messages[n++] = (struct message){.type = MESSAGE_ENERGY, .energy = energy_of(session)};
    if (pending & PENDING_RULES)
        messages[n++] = (struct message){.type = MESSAGE_RULES,
                                         .serial = shard->rules_serial,
                                         .open = place_open(session->place)};
    if (pending & PENDING_ONLINE)
        messages[n++] = (struct message){.type = MESSAGE_ONLINE, .online = online(shard)};
    *bits = pending & (PENDING_PLACED | PENDING_ENERGY | PENDING_RULES | PENDING_ONLINE);
    return n;
}

/* Refusals first: placed covers every id below its own that was not refused. */
static void send_rest(struct session *session, uint64_t now_us)
{
    struct message messages[SESSION_MESSAGES_MAX];
    bool last;
    do {
        unsigned bits = 0;
        size_t refused =
            refusals_list(&session->refusals, messages, SESSION_MESSAGES_MAX - REST_MAX);
        size_t n = refused;
        last = refused == session->refusals.n;
        if (last)
            n += list_rest(session, messages + n, &bits);
        if (n == 0 || !send_messages(session, messages, n, now_us))
            return;
        refusals_drop(&session->refusals, refused);
        if (last)
            bits |= PENDING_REFUSALS;
        session->pending &= (uint16_t)~bits;
    } while (!last);
}

/* ---- when the shard says so ---- */

void session_tick(struct session *session, uint64_t now_us)
{
    if (session->closing || session->busy_since_us != 0 || !send_opening(session, now_us))
        return;
    if (check_sent(session, send_frames(session), now_us) && session->pending)
        send_rest(session, now_us);
}

void session_flush(struct session *session, uint64_t now_us)
{
    if (session->closing || !send_opening(session, now_us))
        return;
    const struct audience *audience = session->audience;
    if (audience && !fanout_is_up_to_date(&audience->fanout, session->position, session->version) &&
        !check_sent(session, send_frames(session), now_us))
        return;
    if (session->pending)
        send_rest(session, now_us);
}

void session_writable(struct session *session)
{
    session->busy_since_us = 0;
    session_flush(session, env_now_us(session->shard->env));
}
