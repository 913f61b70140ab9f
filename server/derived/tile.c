/* SPDX-License-Identifier: ISC */
/*
 * tile: canvas by canvas. A block within one canvas is finished at once; one across borders is
 * counted in a table of such blocks until all canvases have had their turn.
 */
#include "derived/tile.h"

#include <stdlib.h>
#include <string.h>

enum {
    SIZE = CANVAS_WIDTH, /* of a canvas and of a tile */
    SPLIT_FIRST_ROOM = 1024,
};

_Static_assert(CANVAS_WIDTH == CANVAS_HEIGHT, "blocks are counted the same way in both directions");

/* How often each colour is there. */
struct counts {
    uint32_t of[CANVAS_COLOURS];
};

/* A block across borders: its place in the tile, and what was counted so far. */
struct split {
    uint32_t pixel;
    struct counts counts;
};

struct drawing {
    unsigned zoom;
    struct position first;
    uint8_t *pixels;
    bool *due;        /* of each pixel: is it drawn anew? */
    uint32_t *lookup; /* of each pixel: 1 + its place among the splits, 0: none yet */
    struct split *splits;
    size_t n_splits, room;
};

/* The part of an axis that a canvas and a block share. */
struct part {
    uint32_t begin, end; /* within the canvas */
};

/* Where the canvas begins within the tile, in pixels of the plane. */
static uint32_t offset_of(int canvas, int first)
{
    return (uint32_t)(canvas - first) * SIZE;
}

static uint32_t first_block(const struct drawing *drawing, uint32_t offset)
{
    return offset >> drawing->zoom;
}

static uint32_t last_block(const struct drawing *drawing, uint32_t offset)
{
    return (offset + SIZE - 1) >> drawing->zoom;
}

static struct part shared_part(const struct drawing *drawing, uint32_t offset, uint32_t block)
{
    uint32_t begin = block << drawing->zoom, end = (block + 1) << drawing->zoom;
    return (struct part){.begin = begin > offset ? begin - offset : 0,
                         .end = end < offset + SIZE ? end - offset : SIZE};
}

static uint8_t most_frequent(const struct counts *counts)
{
    uint8_t best = 0;
    for (uint8_t colour = 1; colour < CANVAS_COLOURS; colour++)
        if (counts->of[colour] > counts->of[best])
            best = colour;
    return best;
}

static void count(const uint8_t *pixels, struct part x, struct part y, struct counts *counts)
{
    for (uint32_t row = y.begin; row < y.end; row++)
        for (uint32_t column = x.begin; column < x.end; column++)
            counts->of[pixels[row * SIZE + column]]++;
}

/* The counts of a block across borders. NULL when out of memory. */
static struct counts *split_counts(struct drawing *drawing, uint32_t pixel)
{
    if (drawing->lookup[pixel] == 0) {
        if (drawing->n_splits == drawing->room) {
            size_t room = drawing->room ? 2 * drawing->room : SPLIT_FIRST_ROOM;
            struct split *splits = realloc(drawing->splits, room * sizeof *splits);
            if (!splits)
                return NULL;
            drawing->splits = splits;
            drawing->room = room;
        }
        drawing->splits[drawing->n_splits++] = (struct split){.pixel = pixel};
        drawing->lookup[pixel] = (uint32_t)drawing->n_splits;
    }
    return &drawing->splits[drawing->lookup[pixel] - 1].counts;
}

/* What the canvas contributes to one block. -1 when out of memory. */
static int draw_block(struct drawing *drawing, const uint8_t *canvas, uint32_t pixel, struct part x,
                      struct part y)
{
    uint32_t side = 1u << drawing->zoom;
    if (x.end - x.begin == side && y.end - y.begin == side) {
        struct counts counts = {{0}};
        count(canvas, x, y, &counts);
        drawing->pixels[pixel] = most_frequent(&counts);
        return 0;
    }
    struct counts *counts = split_counts(drawing, pixel);
    if (!counts)
        return -1;
    count(canvas, x, y, counts);
    return 0;
}

static int draw_canvas(struct drawing *drawing, struct position position, const uint8_t *canvas)
{
    uint32_t left = offset_of(position.gx, drawing->first.gx);
    uint32_t top = offset_of(position.gy, drawing->first.gy);
    for (uint32_t j = first_block(drawing, top); j <= last_block(drawing, top); j++) {
        struct part y = shared_part(drawing, top, j);
        for (uint32_t i = first_block(drawing, left); i <= last_block(drawing, left); i++) {
            uint32_t pixel = j * SIZE + i;
            if (drawing->due[pixel] &&
                draw_block(drawing, canvas, pixel, shared_part(drawing, left, i), y) < 0)
                return -1;
        }
    }
    return 0;
}

/* What no painted canvas covers is white. */
static void finish_splits(struct drawing *drawing)
{
    uint32_t whole = 1u << 2 * drawing->zoom;
    for (size_t i = 0; i < drawing->n_splits; i++) {
        struct counts *counts = &drawing->splits[i].counts;
        uint32_t sum = 0;
        for (size_t colour = 0; colour < CANVAS_COLOURS; colour++)
            sum += counts->of[colour];
        counts->of[0] += whole - sum;
        drawing->pixels[drawing->splits[i].pixel] = most_frequent(counts);
    }
}

static void mark_due(struct drawing *drawing, struct position position)
{
    uint32_t left = offset_of(position.gx, drawing->first.gx);
    uint32_t top = offset_of(position.gy, drawing->first.gy);
    uint32_t begin = first_block(drawing, left), end = last_block(drawing, left) + 1;
    for (uint32_t j = first_block(drawing, top); j <= last_block(drawing, top); j++)
        memset(drawing->due + j * SIZE + begin, true, (end - begin) * sizeof *drawing->due);
}

/* Is a block due that this canvas shares with one that has changed? One beside it shares all rows
 * of blocks, one above or below the first or the last row: those two rows are enough. */
static bool touches_due(const struct drawing *drawing, struct position position)
{
    uint32_t left = offset_of(position.gx, drawing->first.gx);
    uint32_t top = offset_of(position.gy, drawing->first.gy);
    const bool *above = drawing->due + first_block(drawing, top) * SIZE;
    const bool *below = drawing->due + last_block(drawing, top) * SIZE;
    for (uint32_t i = first_block(drawing, left); i <= last_block(drawing, left); i++)
        if (above[i] || below[i])
            return true;
    return false;
}

static enum tile_result draw(struct drawing *drawing, const struct tile_canvas *canvases, size_t n,
                             struct tile_source *source, struct canvas *copy)
{
    for (size_t i = 0; i < n; i++)
        if (canvases[i].changed)
            mark_due(drawing, canvases[i].position);
    for (size_t i = 0; i < n; i++) {
        if (!canvases[i].changed && !touches_due(drawing, canvases[i].position))
            continue;
        if (!source->copy(source, canvases[i].position, copy))
            return TILE_STOPPED;
        if (draw_canvas(drawing, canvases[i].position, copy->pixels) < 0)
            return TILE_NO_MEMORY;
    }
    finish_splits(drawing);
    return TILE_DRAWN;
}

enum tile_result tile_draw(unsigned zoom, struct position first, const struct tile_canvas *canvases,
                           size_t n, struct tile_source *source, uint8_t pixels[CANVAS_PIXELS])
{
    struct canvas *copy = malloc(sizeof *copy);
    struct drawing drawing = {
        .zoom = zoom,
        .first = first,
        .pixels = pixels,
        .due = calloc(CANVAS_PIXELS, sizeof *drawing.due),
        .lookup = calloc(CANVAS_PIXELS, sizeof *drawing.lookup),
    };
    enum tile_result result = TILE_NO_MEMORY;
    if (copy && drawing.due && drawing.lookup)
        result = draw(&drawing, canvases, n, source, copy);
    free(drawing.splits);
    free(drawing.lookup);
    free(drawing.due);
    free(copy);
    return result;
}
