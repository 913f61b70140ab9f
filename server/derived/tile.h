/* SPDX-License-Identifier: ISC */
/*
 * tile: the plane from far away. A tile of zoom z is 1000 x 1000 pixels for 2^z x 2^z canvases;
 * each of its pixels is the most frequent colour of the block of 2^z x 2^z pixels of the plane
 * below it, the lower index among equals. Where 2^z does not divide 1000 a block lies across the
 * borders of canvases. Pure but for the copying.
 */
#ifndef PLACED_DERIVED_TILE_H
#define PLACED_DERIVED_TILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"
#include "core/position.h"

/* A canvas below the tile. */
struct tile_canvas {
    struct position position;
    bool changed; /* since the pixels were drawn last */
};

struct tile_source {
    /* Copy a canvas. False: the drawing is to stop, nobody wants it any more. */
    bool (*copy)(struct tile_source *source, struct position position, struct canvas *into);
};

enum tile_result { TILE_DRAWN, TILE_STOPPED, TILE_NO_MEMORY };

/* Bring the tile up to date whose first canvas is `first` (which may lie outside of the plane).
 * `canvases` are all below it that have been painted; what no canvas covers is white. `pixels` are
 * those of the last drawing, or all 0 before the first, when all canvases count as changed. Copies
 * the canvases that have changed and those that share a block with them. After another result than
 * TILE_DRAWN the pixels are useless. */
enum tile_result tile_draw(unsigned zoom, struct position first, const struct tile_canvas *canvases,
                           size_t n, struct tile_source *source, uint8_t pixels[CANVAS_PIXELS]);

#endif
