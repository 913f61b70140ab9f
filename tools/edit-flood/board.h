/* SPDX-License-Identifier: ISC */
/*
 * board: one canvas of the flood, as one process knows it: the stream of its edits, the connections
 * whose frames wait for that stream, and the acknowledgements that are still to be proven by it.
 */
#ifndef PLACED_EDIT_FLOOD_BOARD_H
#define PLACED_EDIT_FLOOD_BOARD_H

#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "reference.h"

enum {
    NO_CONN = -1, /* instead of a connection's number */
};

/* An acknowledged message whose version the reference has not reached yet. */
struct claim {
    uint64_t version;
    uint64_t first; /* its edits are first to first + n - 1 of the pattern */
    uint32_t conn;
    uint32_t sent_us;
    uint32_t n;
};

struct claims {
    struct claim *items; /* circular */
    size_t first, count, room;
};

struct board {
    struct position position;
    uint32_t key; /* sets the words of this canvas apart in the ledger */
    struct reference reference;
    uint32_t reference_us; /* when its epoch began: what was sent before may not be in it */
    int waiting;           /* first connection with frames that wait for the reference; NO_CONN */
    struct claims claims;
};

int board_init(struct board *board, unsigned number,
               struct position position); /* -1: out of memory */
void board_finish(struct board *board);

#endif
