/* SPDX-License-Identifier: ISC */
/*
 * overview: all that has been painted in one picture of bounded size, for who shows a preview of the
 * page. It covers the smallest rectangle of canvases that holds the painted ones; N x N cells
 * become one pixel, N being that rectangle's longer side in canvases, so that the picture has at
 * most 1000 pixels a side and one canvas is shown as it is. Pure.
 */
#ifndef PLACED_DERIVED_OVERVIEW_H
#define PLACED_DERIVED_OVERVIEW_H

#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"
#include "core/position.h"

struct overview {
    int left, top;          /* the first of its canvases */
    uint32_t cells;         /* along a side of what one pixel shows */
    uint32_t width, height; /* in pixels, 1 to 1000 */
};

/* Of n painted canvases; of none, canvas (0, 0) alone. */
struct overview overview_of(const struct position *painted, size_t n);

/* Draw those pixels whose middle is on the canvas, one colour a byte: each is the most frequent
 * colour of the cells that it and the canvas share, of equally frequent ones the lower index. The
 * canvas is one of those that it is an overview of. */
void overview_draw(const struct overview *overview, struct position position,
                   const uint8_t canvas[CANVAS_PIXELS], uint8_t *pixels);

#endif
