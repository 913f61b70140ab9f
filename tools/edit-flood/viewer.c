/* SPDX-License-Identifier: ISC */
/* viewer: see viewer.h. */
#include "viewer.h"

#include <inttypes.h>
#include <string.h>

#include "conn.h"
#include "core/bytes.h"
#include "core/edit.h"
#include "judge.h"
#include "start.h"
#include "timers.h"
#include "writer.h"

static const uint64_t SLOW_US = 250 * 1000;   /* how often a slow reader reads */
static const uint64_t STALL_US = 1000 * 1000; /* how long a stalling reader still reads */

void viewer_frame(struct flood *flood, struct conn *conn, const uint8_t *payload, size_t len)
{
    struct stats *stats = flood->stats;
    if (!conn->greeted || len < 8 || (len - 8) % EDIT_BYTES != 0) {
        stat_add(stats, bad_frames, 1);
        stats_note(stats, "%s: %s", conn_name(flood, conn),
                   conn->greeted ? "a frame that is not 8 + 3n bytes long"
                                 : "a frame before hello");
        return;
    }
    uint64_t version = load_u64(payload);
    size_t n = (len - 8) / EDIT_BYTES;
    stat_add(stats, deliveries, 1);
    stat_add(stats, delivered_edits, n);
    judge_frame(flood, conn, version, payload + 8, n);
    if (version > conn->seen_version)
        conn->seen_version = version;
}

/* Which log is it? A full reader of another one than it began with begins again at its picture.
 * False: the connection has ended. */
static bool on_genesis(struct flood *flood, struct conn *conn, const struct said *said)
{
    uint16_t log_number = conn->log_number;
    if (said->has_genesis && !start_follow_log(flood, conn, said->genesis)) {
        conn_end(flood, conn, CONN_END_LOST, 0);
        return false;
    }
    if (!said->has_genesis)
        conn->log_number = flood->log_number;
    if (conn->kind != CONN_FULL || conn->log_number == log_number || conn->log_number == NO_LOG)
        return true;
    const char *error;
    if (start_at_picture(flood, conn, &error) != 0)
        conn->log_number = log_number; /* tries again when it is back */
    conn_leave(flood, conn);
    return false;
}

static void on_hello(struct flood *flood, struct conn *conn, const struct said *said)
{
    struct stats *stats = flood->stats;
    if (conn->greeted || !said->has_version) {
        stat_add(stats, bad_frames, 1);
        stats_note(stats, "%s: hello %s", conn_name(flood, conn),
                   conn->greeted ? "again" : "without a version");
        return;
    }
    bool back = conn->known && conn->follower.version == said->version;
    uint16_t log_number = conn->log_number;
    conn_greeted(flood, conn);
    stat_add(stats, resumes, back && conn->settled);
    conn->seen_version = said->version;
    bool settled = conn->settled;
    conn_settled(flood, conn);
    if (!on_genesis(flood, conn, said))
        return;
    if (conn->log_number != log_number)
        conn->follower = (struct follower){0};
    follower_start(&conn->follower, &board_of(flood, conn)->reference, said->version);
    conn->catching_up = back && settled;
    conn->known = true;
    if (conn->kind == CONN_WRITER)
        writer_opened(flood, conn);
    uint64_t every = (uint64_t)(flood->options->reconnect_every * 1e6);
    switch ((enum conn_habit)conn->habit) {
    case HABIT_NORMAL:
        break;
    case HABIT_SLOW:
        conn->reads = false;
        timer_set(flood, conn, SLOW_US);
        break;
    case HABIT_STALLED:
        timer_set(flood, conn, STALL_US);
        break;
    case HABIT_RECONNECTING:
        timer_set(flood, conn, every / 2 + flood_random(flood) % (every + 1));
        break;
    }
}

static void on_checksum(struct flood *flood, struct conn *conn, const struct said *said)
{
    struct stats *stats = flood->stats;
    const struct follower *f = &conn->follower;
    if (!said->has_version || !said->has_sum || said->version != conn->seen_version)
        return;
    if (conn->kind == CONN_FULL) {
        stat_add(stats, checksums, 1);
        if (conn->extra->checksum != said->sum) {
            stat_add(stats, bad_checksums, 1);
            stats_note(stats,
                       "%s: its canvas differs from the server's checksum of version %" PRIu64,
                       conn_name(flood, conn), said->version);
        }
        return;
    }
    const struct reference *ref = &board_of(flood, conn)->reference;
    if (conn->first || conn->log_number != flood->log_number || !f->anchored ||
        f->mark < ref->first)
        return;
    const struct mark *mark = reference_mark(ref, f->mark);
    if (mark->end != f->cursor)
        return;
    stat_add(stats, checksums, 1);
    if (mark->checksum != said->sum) {
        stat_add(stats, bad_checksums, 1);
        stats_note(stats, "%s: the stream's canvas differs from its checksum of version %" PRIu64,
                   conn_name(flood, conn), said->version);
    }
}

static void on_reset(struct flood *flood, struct conn *conn)
{
    stat_add(flood->stats, resets, 1);
    if (conn->kind != CONN_FULL)
        return; /* has no picture; hello has said where the frames go on */
    const char *error;
    if (start_at_picture(flood, conn, &error) != 0)
        conn->follower.version = conn->seen_version;
    conn_leave(flood, conn); /* and resume from the picture's version */
}

void viewer_text(struct flood *flood, struct conn *conn, const uint8_t *text, size_t len)
{
    struct said said;
    if (!said_parse((const char *)text, len, &said) ||
        (!conn->greeted && said.type != SAID_HELLO)) {
        stat_add(flood->stats, bad_frames, 1);
        stats_note(flood->stats, "%s: %s", conn_name(flood, conn),
                   conn->greeted ? "a text that is no message" : "a message before hello");
        return;
    }
    switch (said.type) {
    case SAID_HELLO:
        on_hello(flood, conn, &said);
        break;
    case SAID_CHECKSUM:
        on_checksum(flood, conn, &said);
        break;
    case SAID_RESET:
        on_reset(flood, conn);
        break;
    case SAID_PLACED:
        writer_placed(flood, conn, said.id, said.version);
        break;
    case SAID_REFUSED:
        writer_refused(flood, conn, said.id, said.reason, said.retry_ms);
        break;
    case SAID_OTHER:
        break;
    }
}
