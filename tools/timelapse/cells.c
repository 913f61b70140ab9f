/* SPDX-License-Identifier: ISC */
/* cells: see cells.h. */
#include "cells.h"

#include <stdlib.h>

#include "core/edit.h"

int cells_init(struct cells *cells, uint32_t side, uint32_t width, uint32_t height)
{
    *cells = (struct cells){.side = side,
                            .width = width / side + (width % side > 0),
                            .height = height / side + (height % side > 0)};
    size_t n = (size_t)cells->width * cells->height;
    cells->colours = calloc(n, 1);
    cells->marked = calloc(n, 1);
    cells->list = malloc(n * sizeof *cells->list);
    if (cells->colours && cells->marked && cells->list)
        return 0;
    cells_finish(cells);
    return -1;
}

void cells_finish(struct cells *cells)
{
    free(cells->colours);
    free(cells->marked);
    free(cells->list);
    *cells = (struct cells){0};
}

/* The most frequent colour of the pixels from (left, top) to before (right, bottom). */
static uint8_t colour_of(const uint8_t *pixels, uint32_t width, uint32_t left, uint32_t top,
                         uint32_t right, uint32_t bottom)
{
    uint32_t counts[CANVAS_COLOURS] = {0};
    for (uint32_t y = top; y < bottom; y++) {
        const uint8_t *row = pixels + (size_t)y * width;
        for (uint32_t x = left; x < right; x++)
            counts[row[x]]++;
    }
    uint8_t most = 0;
    for (uint8_t colour = 1; colour < CANVAS_COLOURS; colour++) {
        if (counts[colour] > counts[most])
            most = colour;
    }
    return most;
}

struct rect cells_update(struct cells *cells, const uint8_t *pixels, uint32_t width,
                         uint32_t height)
{
    struct rect changed = {0};
    for (size_t i = 0; i < cells->n_listed; i++) {
        uint32_t cell = cells->list[i], x = cell % cells->width, y = cell / cells->width;
        uint32_t left = x * cells->side, top = y * cells->side;
        uint32_t right = width - left < cells->side ? width : left + cells->side;
        uint32_t bottom = height - top < cells->side ? height : top + cells->side;
        uint8_t colour = colour_of(pixels, width, left, top, right, bottom);
        if (colour != cells->colours[cell]) {
            cells->colours[cell] = colour;
            changed = rect_with(changed, x, y);
        }
        cells->marked[cell] = 0;
    }
    cells->n_listed = 0;
    return changed;
}
