/* SPDX-License-Identifier: ISC */
/*
 * shelf: what history has of one canvas: the rows of its complete blocks, the block that is open,
 * its activity; and how much of that is visible. Grows at its end only.
 */
#ifndef PLACED_HISTORY_SHELF_H
#define PLACED_HISTORY_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/activity.h"
#include "history/row.h"
#include "history/tail.h"

struct shelf {
    struct position position;
    struct store_row *rows;
    uint64_t n_rows, room_rows;
    struct tail tail;
    struct activity activity; /* of all its records; counts its edits too */
    uint64_t disk_bytes;      /* of complete blocks and keyframes */
    bool folder_made;
    /* What readers see: no more than the above. */
    struct store_canvas seen;
    size_t seen_length; /* of the tail */
    bool fresh;         /* there is more than is seen */
};

/* Without a record. NULL when out of memory. */
struct shelf *shelf_create(struct position position, const uint8_t genesis[GENESIS_BYTES]);
void shelf_destroy(struct shelf *shelf); /* NULL is fine */

/* All records up to this version of the canvas are in it. */
static inline uint64_t shelf_version(const struct shelf *shelf)
{
    return shelf->tail.info.to;
}

/* The chain so far, NULL without a complete block. */
const uint8_t *shelf_chain(const struct shelf *shelf);

/* One more record, into the open block. 0, or -1 without memory: nothing was changed then. */
int shelf_add(struct shelf *shelf, uint64_t offset, int64_t time_ms, const uint8_t *edits,
              uint32_t n);

/* The open block is complete, and on the disk: this is its row; the next one is open. 0, or -1
 * without memory: nothing was changed then. */
int shelf_close_block(struct shelf *shelf, const uint8_t genesis[GENESIS_BYTES],
                      const struct store_row *row);

/* Let readers see all of it. */
void shelf_show(struct shelf *shelf);

#endif
