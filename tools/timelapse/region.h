/* SPDX-License-Identifier: ISC */
/* region: a rectangle of the plane in pixels; it may lie over several canvases. Pure. */
#ifndef PLACED_TIMELAPSE_REGION_H
#define PLACED_TIMELAPSE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/edit.h"
#include "core/position.h"

enum {
    REGION_MIN = POSITION_MIN * CANVAS_WIDTH, /* the plane's first pixel, in x and in y */
    REGION_END = (POSITION_MAX + 1) * CANVAS_WIDTH,
};

struct region {
    int32_t x, y;           /* its corner in plane coordinates */
    uint32_t width, height; /* 0 by 0: nothing */
};

/* X,Y,W,H: decimals in their one form, all of it inside the plane, no side 0. False when it is
 * something else. */
bool region_parse(const char *text, struct region *region);

/* The canvases that it touches, the first and the last in both directions. It must not be empty. */
void region_canvases(const struct region *region, struct position *first, struct position *last);

/* The smallest region that holds this one and a whole canvas. */
struct region region_with(struct region region, struct position canvas);

/* Where the canvas's own corner is, counted from the region's. */
static inline int32_t region_left(const struct region *region, struct position canvas)
{
    return canvas.gx * CANVAS_WIDTH - region->x;
}

static inline int32_t region_top(const struct region *region, struct position canvas)
{
    return canvas.gy * CANVAS_HEIGHT - region->y;
}

/* How many of the n edits (3n bytes, in range) of this canvas lie in the region? */
size_t region_count(const struct region *region, struct position canvas, const uint8_t *edits,
                    size_t n);

#endif
