/* SPDX-License-Identifier: ISC */
/* poller: see poller.h. */
#include "poller.h"

#include "conn.h"
#include "poll_wire.h"
#include "start.h"
#include "timers.h"
#include "viewer.h"

enum {
    ANSWER_US = 40 * 1000 * 1000, /* a poll is held 25 s at most, on every way */
    AGAIN_US = 200 * 1000,        /* while the log has no name yet */
    REFUSED_US = 1000 * 1000,     /* when the answer does not say for how long */
    REQUEST_BYTES = 2 * TARGET_TEXT + 256,
    MOVES_MAX = 2,
};

/* The newest version whose place in the stream is known; there the reader begins, as a page does
 * that has just been given the picture. */
static uint64_t newest_exact(const struct reference *ref)
{
    uint64_t number = ref->n_marks - 1;
    while (number > ref->first && !reference_mark(ref, number)->exact)
        number--;
    return reference_mark(ref, number)->version;
}

static void begin(struct flood *flood, struct conn *conn)
{
    const struct reference *ref = &board_of(flood, conn)->reference;
    uint64_t version = newest_exact(ref);
    conn->follower = (struct follower){0};
    follower_start(&conn->follower, ref, version);
    conn->seen_version = version;
    conn->log_number = flood->log_number;
    conn->known = true;
}

static void ask(struct flood *flood, struct conn *conn)
{
    char request[REQUEST_BYTES];
    start_learn_log(flood, conn->target);
    if (flood->genesis[0] == '\0') {
        timer_set(flood, conn, AGAIN_US);
        return;
    }
    if (!conn->known || conn->log_number != flood->log_number)
        begin(flood, conn);
    struct position position = {0};
    if (flood->options->n_canvases > 0)
        position = board_of(flood, conn)->position;
    else
        target_position(&flood->options->targets[0], &position);
    size_t len = poll_request(request, sizeof request, flood->options->poll.host, flood->genesis,
                              position, conn->seen_version);
    conn->asked = true;
    if (conn->habit != HABIT_RECONNECTING || !conn->timed)
        timer_set(flood, conn, ANSWER_US);
    conn_send(flood, conn, (const uint8_t *)request, len);
}

void poller_opened(struct flood *flood, struct conn *conn)
{
    uint64_t every = (uint64_t)(flood->options->reconnect_every * 1e6);
    conn_greeted(flood, conn);
    stat_add(flood->stats, resumes, conn->known && conn->settled);
    conn->catching_up = conn->known && conn->settled;
    conn_settled(flood, conn);
    conn->asked = false;
    conn->moves = 0;
    conn->seen_version = conn->follower.version; /* what waited to be judged was dropped */
    if (conn->habit == HABIT_RECONNECTING)
        timer_set(flood, conn, every / 2 + flood_random(flood) % (every + 1));
    ask(flood, conn);
}

/* Ask again later. */
static void refused(struct flood *flood, struct conn *conn, const struct poll_answer *answer)
{
    stat_add(flood->stats, polls_refused, 1);
    conn_explain(flood, conn, "a long poll was answered with status %d", answer->status);
    timer_set(flood, conn,
              answer->retry_after > 0 ? answer->retry_after * (uint64_t)1000000 : REFUSED_US);
}

static void count(struct stats *stats, const struct poll_answer *answer)
{
    stat_add(stats, polls, 1);
    switch (answer->cache) {
    case POLL_CACHE_NONE:
        break;
    case POLL_CACHE_HIT:
        stat_add(stats, cache_hits, 1);
        break;
    case POLL_CACHE_MISS:
        stat_add(stats, cache_misses, 1);
        break;
    case POLL_CACHE_OTHER:
        stat_add(stats, cache_others, 1);
        break;
    }
}

static void take_answer(struct flood *flood, struct conn *conn, const struct poll_answer *answer,
                        const uint8_t *body)
{
    struct stats *stats = flood->stats;
    bool again = true;
    count(stats, answer);
    conn->asked = false;
    switch (answer->status) {
    case 200:
        viewer_frame(flood, conn, body, answer->body_len);
        conn->moves = 0;
        break;
    case 204:
        stat_add(stats, polls_empty, 1);
        conn->moves = 0;
        break;
    case 302:
        stat_add(stats, polls_moved, 1);
        if (!answer->moved || answer->moved_to >= conn->seen_version ||
            conn->moves++ == MOVES_MAX) {
            conn_breach(flood, conn, "a long poll is sent to a version that it cannot mean");
            return;
        }
        conn->seen_version = answer->moved_to;
        break;
    default:
        refused(flood, conn, answer);
        again = false;
        break;
    }
    if (answer->closes)
        conn_end(flood, conn, CONN_END_LEFT, 0);
    else if (again)
        ask(flood, conn);
}

size_t poller_take(struct flood *flood, struct conn *conn, const uint8_t *bytes, size_t len)
{
    size_t at = 0;
    while (at < len && conn->state == CONN_OPEN) {
        struct poll_answer answer;
        enum poll_parse parsed = poll_parse(bytes + at, len - at, &answer);
        if (parsed == POLL_MORE)
            break;
        if (parsed == POLL_BAD || !conn->asked) {
            conn_breach(flood, conn,
                        parsed == POLL_BAD ? "an answer to a long poll that is none"
                                           : "an answer that nobody has asked for");
            break;
        }
        const uint8_t *body = bytes + at + answer.head_len;
        at += answer.head_len + answer.body_len;
        take_answer(flood, conn, &answer, body);
    }
    return at;
}

void poller_timer(struct flood *flood, struct conn *conn)
{
    if (!conn->asked)
        ask(flood, conn);
    else if (conn->habit != HABIT_RECONNECTING)
        conn_breach(flood, conn, "a long poll had no answer in 40 s");
    else if (shared_phase(flood->shared) != PHASE_SETTLE)
        conn_leave(flood, conn);
}
