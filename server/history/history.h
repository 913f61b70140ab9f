/* SPDX-License-Identifier: ISC */
/*
 * history: any version of any canvas, from files that are made from the log: blocks of its edits,
 * keyframes, and an index. A thread of its own reads the log for it, with its own place, so that
 * neither the canvases nor a start wait for it; what it has made may be deleted at any time and is
 * made again, the same bytes on every server of the log. See PROTOCOL.md, "History".
 *
 * A failure here never ends the server: history says so once, and its names are not there.
 */
#ifndef PLACED_HISTORY_HISTORY_H
#define PLACED_HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"
#include "history/history_answer.h"
#include "history/pixel.h"
#include "log/log.h"
#include "sys/metrics.h"

struct history;

/* Where history gets from what it cannot know by itself, and whom to tell. */
struct history_source {
    /* The log's identity, false while it has none. Any thread; cheap. */
    bool (*genesis)(struct history_source *source, uint8_t genesis[GENESIS_BYTES]);
    /* The plane's version, and whether a canvas is open or was ever painted. Any thread; cheap. */
    uint64_t (*version)(struct history_source *source);
    bool (*exists)(struct history_source *source, struct position position);
    /* Something that was COMING or WAIT may be had now. Any thread of history's; must not block.
     * Of edits at most once in publish_ms, so that all who wait get the same ones. */
    void (*ready)(struct history_source *source);
};

struct history_config {
    const char *directory; /* made when it is missing; folders of other logs in it are removed */
    unsigned publish_ms;
    size_t cache_bytes; /* of answers that can be had without making them again */
    size_t queue;       /* answers that wait to be made */
};

extern const struct history_config history_config_default; /* without directory */

/* Start the threads. The log and the source must outlive them. NULL with errno on failure. */
struct history *history_create(struct log *log, struct history_source *source,
                               const struct history_config *config, struct metrics *metrics);

/* What is known of that name now. Any thread, never blocks. */
enum history_state history_get(struct history *history, struct history_name name,
                               struct history_answer **answer, struct history_name *moved);

/* What was painted on a pixel, see pixel.h. Blocks on the disk. */
enum store_result history_pixel(struct history *history, struct position position, uint32_t x,
                                uint32_t y, struct pixel_changes *changes);

/* Up to which version of the plane a canvas's past is known. Any thread, cheap. */
uint64_t history_known(struct history *history, struct position position);

/* Ends the threads; all that was read is on the disk then. NULL is fine. */
void history_destroy(struct history *history);

#endif
