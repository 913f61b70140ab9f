/* SPDX-License-Identifier: ISC */
/* walk: see walk.h. */
#include "walk.h"

#include <string.h>

void walk_begin(struct walk *walk, const struct side *side, struct position position)
{
    *walk = (struct walk){.side = side, .canvas = blocks_find(side->blocks, position)};
}

bool walk_more(const struct walk *walk)
{
    const struct blocks_canvas *canvas = walk->canvas;
    return canvas && (walk->number < canvas->n_rows ||
                      (walk->number == canvas->n_rows && canvas->tail.records > 0));
}

bool walk_complete(const struct walk *walk)
{
    return walk->canvas && walk->number < walk->canvas->n_rows;
}

bool walk_next(struct walk *walk, struct blocks_read *read, struct verdict *verdict)
{
    struct difference difference;
    char error[BLOCKS_ERROR_BYTES];
    uint64_t number = walk->number++;
    switch (blocks_read(walk->side->blocks, walk->canvas, number, walk->from, read, &difference,
                        error)) {
    case BLOCKS_FAILED:
        return verdict_failed(verdict, walk->side->who, error);
    case BLOCKS_DIFFERENT:
        return verdict_found(verdict, walk->side->who, &difference);
    case BLOCKS_OK:
        break;
    }
    walk->from = read->block.head.to;
    if (number >= walk->canvas->n_rows)
        return true;
    return blocks_check_chain(walk->canvas, (size_t)number, &difference) ||
           verdict_found(verdict, walk->side->who, &difference);
}
