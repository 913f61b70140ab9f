/* SPDX-License-Identifier: ISC */
/*
 * pixel: what was painted on one pixel, from the store's blocks, the newest first. Blocks on the
 * disk: not for an event loop.
 */
#ifndef PLACED_HISTORY_PIXEL_H
#define PLACED_HISTORY_PIXEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "history/block.h"
#include "history/store.h"

/* One change of a pixel. */
struct pixel_change {
    uint64_t version; /* after the record that has it */
    int64_t time_ms;  /* of that record; -1: unknown */
    uint32_t index;   /* of the edit in its record */
    uint8_t colour;
};

/* What was found. */
struct pixel_changes {
    struct pixel_change *list; /* room of them, the caller's */
    size_t room, n;
    uint64_t blocks; /* how many may be looked at beside the tail; counts down */
    bool whole;      /* there are no others */
};

/* The changes of the pixel x, y of a canvas, as many as fit. STORE_NONE: it was never painted, as
 * far as history has read. */
enum store_result pixel_find(struct store *store, struct position position, uint32_t x, uint32_t y,
                             struct pixel_changes *changes);

/* The index of the last of the first n edits (3n bytes) that is on this pixel; n: there is none.
 * place is x | y << 10. Pure. */
size_t pixel_last(const uint8_t *edits, size_t n, uint32_t place);

/* The changes in one block, the newest first. Pure. */
void pixel_find_in_block(const struct block *block, uint32_t place, struct pixel_changes *changes);

#endif
