/* SPDX-License-Identifier: ISC */
/*
 * viewer: what is done with what the server says to a connection: frames are judged against the
 * reference, or extend it when they come to a full reader; checksums and pictures are compared.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/canvas.h"
#include "core/edit.h"
#include "picture.h"
#include "said.h"
#include "state.h"

static const uint64_t SLOW_US = 250 * 1000;   /* how often a slow reader reads */
static const uint64_t STALL_US = 1000 * 1000; /* how long a stalling reader still reads */

/* ---- the reference */

static void extend(struct flood *flood, uint64_t version, bool exact, const uint8_t *edits,
                   size_t n)
{
    struct stamp stamps[MARK_STAMPS];
    size_t ours = 0, n_stamps = 0, stride = (n + MARK_STAMPS - 1) / MARK_STAMPS;
    for (size_t i = 0; i < n; i++) {
        uint32_t word = edit_load(edits + EDIT_BYTES * i), sent_us;
        bool known = flood->accounts ? ledger_seen(flood->ledger, word, &sent_us)
                                     : ledger_when(flood->ledger, word, &sent_us);
        if (known && ours++ % stride == 0)
            stamps[n_stamps++].sent_us = sent_us;
    }
    for (size_t i = 0; i < n_stamps; i++)
        stamps[i].weight = (uint32_t)(i + 1 < n_stamps ? stride : ours - stride * i);
    if (flood->accounts) {
        stat_add(flood->stats, edits_seen, ours);
        stat_add(flood->stats, foreign, n - ours);
    }
    stat_add(flood->stats, stream_edits, n);
    reference_extend(&flood->reference, version, exact, edits, n, stamps, n_stamps);
}

static void lead(struct flood *flood, struct conn *conn, uint64_t version, const uint8_t *edits,
                 size_t n)
{
    const struct follower *f = &conn->follower;
    if (n == 0) {
        if (follower_new_version(f, &flood->reference, version))
            extend(flood, version, true, edits, 0);
        return;
    }
    size_t news = follower_news(f, &flood->reference, version, edits, n);
    if (news > 0)
        extend(flood, version, follower_exact(f, version, n), edits + EDIT_BYTES * (n - news),
               news);
}

/* ---- judging */

static void tell(struct flood *flood, const struct conn *conn, uint64_t n, const char *what,
                 uint64_t version)
{
    if (n > 0)
        stats_tell(flood->stats, "%s: %" PRIu64 " edits %s, frame of version %" PRIu64,
                   conn_name(flood, conn), n, what, version);
}

static void count_eyes(struct flood *flood, const struct conn *conn, const struct verdict *verdict,
                       uint32_t when_us)
{
    if (conn->habit != HABIT_NORMAL || conn->catching_up ||
        (conn->kind == CONN_WRITER && flood->options->readers > 0))
        return;
    for (uint64_t i = verdict->passed_from; i < verdict->passed_to; i++) {
        const struct mark *mark = reference_mark(&flood->reference, i);
        for (size_t k = 0; k < mark->n_stamps; k++)
            histogram_add(&flood->stats->eyes, when_us - mark->stamps[k].sent_us,
                          mark->stamps[k].weight);
    }
}

/* False: it has to wait. */
static bool judge(struct flood *flood, struct conn *conn, uint64_t version, const uint8_t *edits,
                  size_t n, uint32_t when_us)
{
    struct verdict v;
    struct stats *stats = flood->stats;
    uint64_t before = conn->follower.version;
    if (follower_frame(&conn->follower, &flood->reference, version, edits, n, &v) == FOLLOW_WAIT)
        return false;
    if (v.passed_to > v.passed_from)
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
    tell(flood, conn, v.missing, "missing", version);
    tell(flood, conn, v.repeated, "repeated", version);
    tell(flood, conn, v.wrong, "wrong", version);
    if (v.backwards)
        stats_tell(stats, "%s: the version went back from %" PRIu64 " to %" PRIu64,
                   conn_name(flood, conn), before, version);
    if (v.misnumbered)
        stats_tell(stats, "%s: version %" PRIu64 " after %" PRIu64 " is of another place",
                   conn_name(flood, conn), version, before);
    return true;
}

static void wait_for_reference(struct flood *flood, struct conn *conn, uint64_t version,
                               const uint8_t *edits, size_t n)
{
    size_t len = EDIT_BYTES * n;
    struct waiting *waiting = NULL;
    if (flood->waiting_bytes + len <= WAITING_BYTES_MAX)
        waiting = malloc(sizeof *waiting + len);
    if (!waiting) {
        stat_add(flood->stats, unchecked, n);
        follower_start(&conn->follower, &flood->reference, version);
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
        flood->waiting[flood->n_waiting++] = conn_number(flood, conn);
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

void viewer_retry_waiting(struct flood *flood)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < flood->n_waiting; i++) {
        struct conn *conn = &flood->conns[flood->waiting[i]];
        while (conn->first && judge(flood, conn, conn->first->version, conn->first->edits,
                                    conn->first->n, conn->first->when_us))
            drop_first(flood, conn);
        if (conn->first)
            flood->waiting[kept++] = flood->waiting[i];
        else
            conn->in_waiting = false;
    }
    flood->n_waiting = kept;
}

void viewer_frame(struct flood *flood, struct conn *conn, const uint8_t *payload, size_t len)
{
    struct stats *stats = flood->stats;
    if (!conn->greeted || len < 8 || (len - 8) % EDIT_BYTES != 0) {
        stat_add(stats, bad_frames, 1);
        stats_tell(stats, "%s: %s", conn_name(flood, conn),
                   conn->greeted ? "a frame that is not 8 + 3n bytes long"
                                 : "a frame before hello");
        return;
    }
    uint64_t version = load_u64(payload), marks = flood->reference.n_marks;
    size_t n = (len - 8) / EDIT_BYTES;
    const uint8_t *edits = payload + 8;
    stat_add(stats, deliveries, 1);
    stat_add(stats, delivered_edits, n);
    if (conn->kind == CONN_FULL) {
        conn->rare->checksum = pixels_fold(conn->rare->pixels, conn->rare->checksum, edits, n);
        if (!conn->first)
            lead(flood, conn, version, edits, n);
    }
    if (conn->first || !judge(flood, conn, version, edits, n, since_begun(flood)))
        wait_for_reference(flood, conn, version, edits, n);
    if (version > conn->seen_version)
        conn->seen_version = version;
    if (flood->reference.n_marks != marks) {
        viewer_retry_waiting(flood);
        writers_check_claims(flood);
    }
}

/* ---- texts */

int viewer_fetch(struct flood *flood, struct conn *conn, const char **error)
{
    struct rare *rare = conn_rare(conn);
    uint64_t version;
    *error = "out of memory";
    if (!rare || (!rare->pixels && !(rare->pixels = malloc(CANVAS_PIXELS))))
        return -1;
    if (picture_fetch(&flood->options->targets[conn->target], flood->tls, &version, rare->pixels,
                      error) != 0)
        return -1;
    flood_touch_clock(flood);
    rare->checksum = canvas_checksum(rare->pixels);
    /* When another full reader leads, the reference gets there by itself. */
    bool led = false;
    for (unsigned i = 0; i < flood->n_full; i++)
        led |= &flood->conns[i] != conn && flood->conns[i].greeted;
    struct reference *ref = &flood->reference;
    bool begins = ref->epoch == 0 || (!led && version > reference_version(ref));
    if (begins) {
        stat_add(flood->stats, restarts, ref->epoch > 0);
        reference_begin(ref, version, rare->pixels);
        flood->reference_us = since_begun(flood);
    }
    conn->known = true;
    conn->follower.anchored = false;
    follower_start(&conn->follower, ref, version);
    if (begins) {
        viewer_retry_waiting(flood);
        writers_check_claims(flood);
    }
    return 0;
}

static void on_hello(struct flood *flood, struct conn *conn, const struct said *said)
{
    struct stats *stats = flood->stats;
    if (conn->greeted || !said->has_version) {
        stat_add(stats, bad_frames, 1);
        stats_tell(stats, "%s: hello %s", conn_name(flood, conn),
                   conn->greeted ? "again" : "without a version");
        return;
    }
    uint32_t now = since_begun(flood);
    bool back = conn->known && conn->follower.version == said->version;
    conn->greeted = true;
    conn->tries = 0;
    flood->n_connecting--;
    stat_add(stats, open, 1);
    stat_add(stats, connects, 1);
    if (!conn->settled) {
        stats->connect_last_us = flood->now_us;
        stats->ramp_connects++;
    }
    histogram_add(&stats->handshakes, now - conn->began_us, 1);
    timer_clear(flood, conn);
    stat_add(stats, resumes, back && conn->settled);
    follower_start(&conn->follower, &flood->reference, said->version);
    conn->seen_version = said->version;
    conn->catching_up = back && conn->settled;
    conn->known = true;
    conn_settled(flood, conn);
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
        if (conn->rare->checksum != said->sum) {
            stat_add(stats, bad_checksums, 1);
            stats_tell(stats,
                       "%s: its canvas differs from the server's checksum of version %" PRIu64,
                       conn_name(flood, conn), said->version);
        }
        return;
    }
    if (conn->first || !f->anchored || f->mark < flood->reference.first)
        return;
    const struct mark *mark = reference_mark(&flood->reference, f->mark);
    if (mark->end != f->cursor)
        return;
    stat_add(stats, checksums, 1);
    if (mark->checksum != said->sum) {
        stat_add(stats, bad_checksums, 1);
        stats_tell(stats, "%s: the stream's canvas differs from its checksum of version %" PRIu64,
                   conn_name(flood, conn), said->version);
    }
}

static void on_reset(struct flood *flood, struct conn *conn)
{
    stat_add(flood->stats, resets, 1);
    if (conn->kind != CONN_FULL)
        return; /* has no picture; hello has said where the frames go on */
    const char *error;
    if (viewer_fetch(flood, conn, &error) != 0)
        conn->follower.version = conn->seen_version;
    conn_leave(flood, conn); /* and come back with the picture's version */
}

void viewer_text(struct flood *flood, struct conn *conn, const uint8_t *text, size_t len)
{
    struct said said;
    if (!said_parse((const char *)text, len, &said) ||
        (!conn->greeted && said.type != SAID_HELLO)) {
        stat_add(flood->stats, bad_frames, 1);
        stats_tell(flood->stats, "%s: %s", conn_name(flood, conn),
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

void viewer_ended(struct flood *flood, struct conn *conn)
{
    /* What waits comes again: the follower has not gone past it. */
    while (conn->first)
        drop_first(flood, conn);
}

/* ---- the end */

bool viewer_all_at(const struct flood *flood, uint64_t version)
{
    for (unsigned i = 0; i < flood->n_conns; i++) {
        const struct conn *conn = &flood->conns[i];
        if (conn->greeted && conn->habit == HABIT_NORMAL &&
            (conn->follower.version < version || conn->first))
            return false;
    }
    return flood->reference.epoch != 0 && reference_version(&flood->reference) >= version;
}

void viewer_final(struct flood *flood, uint64_t version)
{
    struct stats *stats = flood->stats;
    const struct reference *ref = &flood->reference;
    for (unsigned i = 0; i < flood->n_conns; i++) {
        struct conn *conn = &flood->conns[i];
        if (!conn->greeted || conn->habit != HABIT_NORMAL)
            continue;
        uint64_t never = 0;
        for (const struct waiting *w = conn->first; w; w = w->next)
            never += w->n;
        stat_add(stats, wrong, never);
        tell(flood, conn, never, "that no full reader got", conn->seen_version);
        if (conn->first || conn->follower.version >= version)
            continue;
        uint64_t behind = 1;
        if (conn->follower.anchored && conn->follower.epoch == ref->epoch &&
            conn->follower.cursor < ref->head)
            behind = (ref->head - conn->follower.cursor) / EDIT_BYTES;
        stat_add(stats, missing, behind);
        stats_tell(stats,
                   "%s: %" PRIu64 " edits missing at the end, at version %" PRIu64 " of %" PRIu64,
                   conn_name(flood, conn), behind, conn->follower.version, version);
    }
}

/* Count the pixels that differ. */
static void compare(struct flood *flood, const char *who, const uint8_t *pixels,
                    const uint8_t *picture, uint64_t version)
{
    uint64_t differ = 0, first = 0;
    for (uint64_t i = CANVAS_PIXELS; i-- > 0;) {
        if (pixels[i] != picture[i]) {
            differ++;
            first = i;
        }
    }
    stat_add(flood->stats, pictures, 1);
    stat_add(flood->stats, bad_pictures, differ);
    if (differ > 0)
        stats_tell(flood->stats,
                   "%s: %" PRIu64 " pixels differ from the picture of version %" PRIu64
                   ", the first at (%" PRIu64 ", %" PRIu64 ")",
                   who, differ, version, first % CANVAS_WIDTH, first / CANVAS_WIDTH);
}

bool viewer_compare_picture(struct flood *flood, unsigned target)
{
    static uint8_t picture[CANVAS_PIXELS];
    const char *error;
    uint64_t version;
    if (picture_fetch(&flood->options->targets[target], flood->tls, &version, picture, &error) != 0)
        return false;
    flood_touch_clock(flood);
    if (version != reference_version(&flood->reference))
        return false;
    compare(flood, "the stream", flood->reference.pixels, picture, version);
    for (unsigned i = 0; i < flood->n_full; i++) {
        const struct conn *conn = &flood->conns[i];
        if (conn->target == target && conn->greeted && conn->seen_version == version)
            compare(flood, conn_name(flood, conn), conn->rare->pixels, picture, version);
    }
    return true;
}
