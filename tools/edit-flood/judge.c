/* SPDX-License-Identifier: ISC */
/* judge: see judge.h. A frame that comes before the reference has got there waits. */
#include "judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "claims.h"
#include "conn.h"
#include "core/bytes.h"
#include "core/edit.h"

static void extend(struct flood *flood, struct board *board, uint64_t version, bool exact,
                   const uint8_t *edits, size_t n)
{
    struct stamp stamps[MARK_STAMPS];
    size_t ours = 0, n_stamps = 0, stride = (n + MARK_STAMPS - 1) / MARK_STAMPS;
    for (size_t i = 0; i < n; i++) {
        uint32_t word = edit_load(edits + EDIT_BYTES * i), sent_us;
        bool known = flood->accounts ? ledger_seen(flood->ledger, board->key, word, &sent_us)
                                     : ledger_when(flood->ledger, board->key, word, &sent_us);
        if (known && ours++ % stride == 0)
            stamps[n_stamps++] =
                (struct stamp){.sent_us = sent_us, .before = (uint32_t)(EDIT_BYTES * (n - i - 1))};
    }
    for (size_t i = 0; i < n_stamps; i++)
        stamps[i].weight = (uint32_t)(i + 1 < n_stamps ? stride : ours - stride * i);
    if (flood->accounts) {
        stat_add(flood->stats, edits_seen, ours);
        stat_add(flood->stats, foreign, n - ours);
    }
    stat_add(flood->stats, stream_edits, n);
    reference_extend(&board->reference, version, exact, edits, n, stamps, n_stamps);
}

static void lead(struct flood *flood, struct conn *conn, uint64_t version, const uint8_t *edits,
                 size_t n)
{
    const struct follower *f = &conn->follower;
    struct board *board = board_of(flood, conn);
    if (n == 0) {
        if (follower_new_version(f, &board->reference, version))
            extend(flood, board, version, true, edits, 0);
        return;
    }
    size_t news = follower_news(f, &board->reference, version, edits, n);
    if (news > 0)
        extend(flood, board, version, follower_exact(f, version, n),
               edits + EDIT_BYTES * (n - news), news);
}

static void note(struct flood *flood, const struct conn *conn, uint64_t n, const char *what,
                 uint64_t version)
{
    if (n > 0)
        stats_note(flood->stats, "%s: %" PRIu64 " edits %s, frame of version %" PRIu64,
                   conn_name(flood, conn), n, what, version);
}

static void count_eyes(struct flood *flood, const struct conn *conn, const struct verdict *verdict,
                       uint32_t when_us)
{
    struct stamp_walk seen = verdict->seen;
    const struct stamp *stamp;
    if (conn->habit != HABIT_NORMAL || conn->catching_up ||
        (conn->kind == CONN_WRITER && flood->options->readers > 0))
        return;
    while ((stamp = reference_stamp(&board_of(flood, conn)->reference, &seen)) != NULL)
        histogram_add(&flood->stats->eyes, when_us - stamp->sent_us, stamp->weight);
}

/* False: it has to wait. */
static bool judge(struct flood *flood, struct conn *conn, uint64_t version, const uint8_t *edits,
                  size_t n, uint32_t when_us)
{
    struct verdict v;
    struct stats *stats = flood->stats;
    uint64_t before = conn->follower.version;
    if (follower_frame(&conn->follower, &board_of(flood, conn)->reference, version, edits, n, &v) ==
        FOLLOW_WAIT)
        return false;
    count_eyes(flood, conn, &v, when_us);
    conn->catching_up = false;
    if (!(v.missing | v.repeated | v.wrong | v.unchecked) && !v.backwards && !v.misnumbered)
        return true;
    stat_add(stats, missing, v.missing);
    stat_add(stats, repeated, v.repeated);
    stat_add(stats, wrong, v.wrong);
    stat_add(stats, unchecked, v.unchecked);
    stat_add(stats, backwards, v.backwards);
    stat_add(stats, misnumbered, v.misnumbered);
    note(flood, conn, v.missing, "missing", version);
    note(flood, conn, v.repeated, "repeated", version);
    note(flood, conn, v.wrong, "wrong", version);
    if (v.backwards)
        stats_note(stats, "%s: the version went back from %" PRIu64 " to %" PRIu64,
                   conn_name(flood, conn), before, version);
    if (v.misnumbered)
        stats_note(stats, "%s: version %" PRIu64 " after %" PRIu64 " is of another place",
                   conn_name(flood, conn), version, before);
    return true;
}

static void wait_for_reference(struct flood *flood, struct conn *conn, uint64_t version,
                               const uint8_t *edits, size_t n)
{
    size_t len = EDIT_BYTES * n;
    struct board *board = board_of(flood, conn);
    struct waiting *waiting = NULL;
    if (flood->waiting_bytes + len <= WAITING_BYTES_MAX)
        waiting = malloc(sizeof *waiting + len);
    if (!waiting) {
        stat_add(flood->stats, unchecked, n);
        follower_start(&conn->follower, &board->reference, version);
        return;
    }
    *waiting =
        (struct waiting){.version = version, .n = (uint32_t)n, .when_us = since_begun(flood)};
    if (len > 0)
        memcpy(waiting->edits, edits, len);
    flood->waiting_bytes += len;
    if (conn->last)
        conn->last->next = waiting;
    else
        conn->first = waiting;
    conn->last = waiting;
    if (!conn->in_waiting) {
        conn->in_waiting = true;
        conn->next_waiting = board->waiting;
        board->waiting = (int)conn_number(flood, conn);
    }
}

static void drop_first(struct flood *flood, struct conn *conn)
{
    struct waiting *waiting = conn->first;
    conn->first = waiting->next;
    if (!conn->first)
        conn->last = NULL;
    flood->waiting_bytes -= EDIT_BYTES * waiting->n;
    free(waiting);
}

void judge_forget(struct flood *flood, struct conn *conn)
{
    while (conn->first)
        drop_first(flood, conn);
}

static void judge_waiting(struct flood *flood, struct board *board)
{
    int number = board->waiting;
    board->waiting = NO_CONN;
    while (number != NO_CONN) {
        struct conn *conn = &flood->conns[number];
        number = conn->next_waiting;
        while (conn->first && judge(flood, conn, conn->first->version, conn->first->edits,
                                    conn->first->n, conn->first->when_us))
            drop_first(flood, conn);
        conn->in_waiting = conn->first != NULL;
        if (conn->in_waiting) {
            conn->next_waiting = board->waiting;
            board->waiting = (int)conn_number(flood, conn);
        }
    }
}

void judge_grown(struct flood *flood, struct board *board)
{
    judge_waiting(flood, board);
    claims_check(flood, board);
}

void judge_frame(struct flood *flood, struct conn *conn, uint64_t version, const uint8_t *edits,
                 size_t n)
{
    struct board *board = board_of(flood, conn);
    uint64_t marks = board->reference.n_marks;
    if (conn->log_number != flood->log_number) {
        stat_add(flood->stats, unchecked, n); /* there is no reference for that log */
        return;
    }
    if (conn->kind == CONN_FULL) {
        struct extra *extra = conn->extra;
        extra->checksum = pixels_fold(extra->pixels, extra->checksum, edits, n);
        if (!conn->first)
            lead(flood, conn, version, edits, n);
    }
    if (conn->first || !judge(flood, conn, version, edits, n, since_begun(flood)))
        wait_for_reference(flood, conn, version, edits, n);
    if (board->reference.n_marks != marks)
        judge_grown(flood, board);
}
