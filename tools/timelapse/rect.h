/* SPDX-License-Identifier: ISC */
/* rect: a rectangle of a picture, in pixels. */
#ifndef PLACED_TIMELAPSE_RECT_H
#define PLACED_TIMELAPSE_RECT_H

#include <stdbool.h>
#include <stdint.h>

struct rect {
    uint32_t x, y, width, height; /* empty when a side is 0 */
};

static inline bool rect_empty(struct rect r)
{
    return r.width == 0 || r.height == 0;
}

/* The smallest rectangle that holds r and the pixel (x, y). */
static inline struct rect rect_with(struct rect r, uint32_t x, uint32_t y)
{
    if (rect_empty(r))
        return (struct rect){x, y, 1, 1};
    uint32_t right = r.x + r.width, bottom = r.y + r.height;
    r.x = x < r.x ? x : r.x;
    r.y = y < r.y ? y : r.y;
    r.width = (x >= right ? x + 1 : right) - r.x;
    r.height = (y >= bottom ? y + 1 : bottom) - r.y;
    return r;
}

#endif
