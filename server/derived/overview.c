/* SPDX-License-Identifier: ISC */
/* overview: see overview.h. */
#include "derived/overview.h"

#include <string.h>

enum { SIZE = CANVAS_WIDTH };

_Static_assert(CANVAS_WIDTH == CANVAS_HEIGHT, "cells are counted the same way in both directions");

static uint32_t pixels_of(uint32_t canvases, uint32_t cells)
{
    uint32_t pixels = canvases * SIZE / cells;
    return pixels > 0 ? pixels : 1;
}

struct overview overview_of(const struct position *painted, size_t n)
{
    int left = 0, top = 0, right = 0, bottom = 0;
    for (size_t i = 0; i < n; i++) {
        int x = painted[i].gx, y = painted[i].gy;
        left = i == 0 || x < left ? x : left;
        top = i == 0 || y < top ? y : top;
        right = i == 0 || x > right ? x : right;
        bottom = i == 0 || y > bottom ? y : bottom;
    }
    uint32_t width = (uint32_t)(right - left) + 1, height = (uint32_t)(bottom - top) + 1;
    uint32_t cells = width > height ? width : height;
    return (struct overview){.left = left,
                             .top = top,
                             .cells = cells,
                             .width = pixels_of(width, cells),
                             .height = pixels_of(height, cells)};
}

/* A run of cells or pixels, half open. */
struct run {
    uint32_t begin, end;
};

/* The pixels whose middle is on a canvas that begins at this cell: (i * cells + cells / 2) is on
 * it. */
static struct run pixels_on(const struct overview *overview, uint32_t offset, uint32_t limit)
{
    uint32_t cells = overview->cells, half = cells / 2;
    uint32_t begin = offset > half ? (offset - half + cells - 1) / cells : 0;
    uint32_t end = offset + SIZE > half ? (offset + SIZE - half + cells - 1) / cells : 0;
    return (struct run){begin < limit ? begin : limit, end < limit ? end : limit};
}

/* Of the cells that a pixel shows, those on a canvas that begins at offset, as of there. */
static struct run cells_of(const struct overview *overview, uint32_t pixel, uint32_t offset)
{
    uint32_t begin = pixel * overview->cells, end = begin + overview->cells;
    return (struct run){begin > offset ? begin - offset : 0,
                        end < offset + SIZE ? end - offset : SIZE};
}

static uint8_t most_frequent(const uint8_t *canvas, struct run x, struct run y)
{
    uint32_t counts[CANVAS_COLOURS] = {0};
    uint8_t best = 0;
    for (uint32_t row = y.begin; row < y.end; row++)
        for (uint32_t column = x.begin; column < x.end; column++)
            counts[canvas[row * SIZE + column]]++;
    for (uint8_t colour = 1; colour < CANVAS_COLOURS; colour++)
        if (counts[colour] > counts[best])
            best = colour;
    return best;
}

void overview_draw(const struct overview *overview, struct position position,
                   const uint8_t canvas[CANVAS_PIXELS], uint8_t *pixels)
{
    uint32_t left = (uint32_t)(position.gx - overview->left) * SIZE;
    uint32_t top = (uint32_t)(position.gy - overview->top) * SIZE;
    if (overview->cells == 1) {
        memcpy(pixels, canvas, CANVAS_PIXELS);
        return;
    }
    struct run columns = pixels_on(overview, left, overview->width);
    struct run rows = pixels_on(overview, top, overview->height);
    for (uint32_t j = rows.begin; j < rows.end; j++) {
        struct run y = cells_of(overview, j, top);
        for (uint32_t i = columns.begin; i < columns.end; i++)
            pixels[j * overview->width + i] =
                most_frequent(canvas, cells_of(overview, i, left), y);
    }
}
