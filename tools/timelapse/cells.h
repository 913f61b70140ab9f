/* SPDX-License-Identifier: ISC */
/*
 * cells: a picture made smaller by a whole number: a cell of side x side pixels becomes the one
 * pixel of its most frequent colour, of several such the one of the lowest index. Cells at the
 * right and lower edge may have fewer pixels. Only cells that are marked are counted again.
 */
#ifndef PLACED_TIMELAPSE_CELLS_H
#define PLACED_TIMELAPSE_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "rect.h"

struct cells {
    uint32_t side;          /* of a cell, in pixels of the large picture */
    uint32_t width, height; /* in cells */
    uint8_t *colours;       /* of the cells, row by row */
    uint8_t *marked;
    uint32_t *list; /* the cells that are marked, each once */
    size_t n_listed;
};

/* For a picture of this size, all of whose pixels have colour 0. 0, or -1 when memory is short. */
int cells_init(struct cells *cells, uint32_t side, uint32_t width, uint32_t height);
void cells_finish(struct cells *cells); /* all zero is fine */

/* The pixel (x, y) of the large picture has changed. */
static inline void cells_mark(struct cells *cells, uint32_t x, uint32_t y)
{
    uint32_t cell = y / cells->side * cells->width + x / cells->side;
    if (!cells->marked[cell]) {
        cells->marked[cell] = 1;
        cells->list[cells->n_listed++] = cell;
    }
}

/* Count the marked cells again in the large picture. The rectangle (in cells) outside of which no
 * cell changed its colour. */
struct rect cells_update(struct cells *cells, const uint8_t *pixels, uint32_t width,
                         uint32_t height);

#endif
