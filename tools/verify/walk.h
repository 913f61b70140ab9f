/* SPDX-License-Identifier: ISC */
/* walk: the blocks of one canvas of a side, in order, each checked against what the side itself
 * says of it. */
#ifndef PLACED_VERIFY_WALK_H
#define PLACED_VERIFY_WALK_H

#include "side.h"
#include "verdict.h"

struct walk {
    const struct side *side;
    const struct blocks_canvas *canvas; /* NULL: it has no such canvas */
    uint64_t number, from;              /* of the next block */
};

void walk_begin(struct walk *walk, const struct side *side, struct position position);

/* Is there another block? The last one is the one that is not complete, if it has records. */
bool walk_more(const struct walk *walk);

/* Is that a complete one? */
bool walk_complete(const struct walk *walk);

/* Read it; free read->bytes, which is NULL when it is no block at all. False: it is not what its
 * side says, or could not be read; that is then in the verdict. */
bool walk_next(struct walk *walk, struct blocks_read *read, struct verdict *verdict);

#endif
