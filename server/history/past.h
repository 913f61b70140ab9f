/* SPDX-License-Identifier: ISC */
/*
 * past: what happened to a canvas up to a version, or after it, from the store's blocks. Every
 * version that is handed in must be known: not above the canvas's own. STORE_BAD means that it is
 * not so any more, because files are being made anew: ask again later.
 *
 * *canonical becomes the greatest version not above the one asked for that the canvas had. Where it
 * is another one, nothing else has been filled in.
 *
 * These block on the disk.
 */
#ifndef PLACED_HISTORY_PAST_H
#define PLACED_HISTORY_PAST_H

#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"
#include "history/heat.h"
#include "history/store.h"

/* The pixels at a version. */
enum store_result past_paint(struct store *store, struct position position, uint64_t version,
                             uint64_t *canonical, uint8_t pixels[CANVAS_PIXELS]);

/* Count what was painted after version `from` up to version `to`, which is not less. */
struct past_range {
    uint64_t from, to;
};
enum store_result past_heat(struct store *store, struct position position, struct past_range range,
                            struct past_range *canonical, struct heat *heat);

/* The payload of a frame with the edits after a version that is below the canvas's own: the u64
 * version that they lead to, and the edits of whole records. Free *payload. */
enum store_result past_edits(struct store *store, struct position position, uint64_t version,
                             uint64_t *canonical, uint8_t **payload, size_t *len);

/* The version after the last record whose time is known and not after time_ms; 0: there is none. */
enum store_result past_version_at(struct store *store, struct position position, int64_t time_ms,
                                  uint64_t *version);

#endif
