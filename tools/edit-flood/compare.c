/* SPDX-License-Identifier: ISC */
/* compare: see compare.h. */
#include "compare.h"

#include <inttypes.h>
#include <string.h>

#include "conn.h"
#include "core/canvas.h"
#include "core/edit.h"
#include "picture.h"

static uint64_t final_version(const struct flood *flood, unsigned board)
{
    return atomic_load(&flood->shared->final_versions[board]);
}

/* Slow and stalled readers need not get there, nor those of a log that was left. */
static bool has_to_arrive(const struct flood *flood, const struct conn *conn)
{
    return conn->greeted && conn->habit == HABIT_NORMAL && conn->log_number == flood->log_number;
}

/* Has it all of the stream? A poller only hears of versions that edit its canvas. */
static bool arrived(const struct flood *flood, const struct conn *conn, uint64_t version)
{
    const struct follower *f = &conn->follower;
    const struct reference *ref = &board_of(flood, conn)->reference;
    return f->version >= version || (conn->polls && f->anchored && f->epoch == ref->epoch &&
                                     f->cursor == ref->head && reference_version(ref) >= version);
}

bool compare_all_there(const struct flood *flood)
{
    for (unsigned i = 0; i < flood->n_conns; i++) {
        const struct conn *conn = &flood->conns[i];
        if (has_to_arrive(flood, conn) &&
            (!arrived(flood, conn, final_version(flood, conn->board)) || conn->first))
            return false;
    }
    for (unsigned i = 0; i < flood->n_boards; i++) {
        const struct reference *ref = &flood->boards[i].reference;
        if (ref->epoch == 0 || reference_version(ref) < final_version(flood, i))
            return false;
    }
    return true;
}

static void compare_reader(struct flood *flood, const struct conn *conn, uint64_t version)
{
    struct stats *stats = flood->stats;
    const struct reference *ref = &board_of(flood, conn)->reference;
    uint64_t never = 0;
    for (const struct waiting *w = conn->first; w; w = w->next)
        never += w->n;
    if (never > 0) {
        stat_add(stats, wrong, never);
        stats_note(stats, "%s: %" PRIu64 " edits that no full reader got, up to version %" PRIu64,
                   conn_name(flood, conn), never, conn->seen_version);
    }
    if (conn->first || arrived(flood, conn, version))
        return;
    uint64_t behind = 1;
    if (conn->follower.anchored && conn->follower.epoch == ref->epoch &&
        conn->follower.cursor < ref->head)
        behind = (ref->head - conn->follower.cursor) / EDIT_BYTES;
    stat_add(stats, missing, behind);
    stats_note(stats,
               "%s: %" PRIu64 " edits missing at the end, at version %" PRIu64 " of %" PRIu64,
               conn_name(flood, conn), behind, conn->follower.version, version);
}

void compare_readers(struct flood *flood)
{
    for (unsigned i = 0; i < flood->n_conns; i++) {
        const struct conn *conn = &flood->conns[i];
        if (has_to_arrive(flood, conn))
            compare_reader(flood, conn, final_version(flood, conn->board));
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
        stats_note(flood->stats,
                   "%s: %" PRIu64 " pixels differ from the picture of version %" PRIu64
                   ", the first at (%" PRIu64 ", %" PRIu64 ")",
                   who, differ, version, first % CANVAS_WIDTH, first / CANVAS_WIDTH);
}

bool compare_picture(struct flood *flood, unsigned target, unsigned number)
{
    static uint8_t pixels[CANVAS_PIXELS];
    const struct options *options = flood->options;
    const struct board *board = &flood->boards[number];
    struct picture picture = {.pixels = pixels};
    const char *error;
    if (picture_fetch(&options->targets[target], flood->tls,
                      options->n_canvases ? &board->position : NULL, &picture, &error) != 0)
        return false;
    touch_clock(flood);
    uint64_t version = picture.version;
    bool known = picture.genesis[0] != '\0' && flood->genesis[0] != '\0';
    if (version != reference_version(&board->reference) ||
        (known && strcmp(picture.genesis, flood->genesis) != 0))
        return false;
    compare(flood, "the stream", board->reference.pixels, pixels, version);
    for (unsigned i = 0; i < flood->n_full; i++) {
        const struct conn *conn = &flood->conns[i];
        if (conn->target == target && conn->board == number && conn->greeted &&
            conn->seen_version == version)
            compare(flood, conn_name(flood, conn), conn->extra->pixels, pixels, version);
    }
    return true;
}
