/* SPDX-License-Identifier: ISC */
/* easel: the pixels of a region, and what a frame shows of them. One thread. */
#ifndef PLACED_TIMELAPSE_EASEL_H
#define PLACED_TIMELAPSE_EASEL_H

#include <stddef.h>
#include <stdint.h>

#include "cells.h"
#include "common/region.h"
#include "rect.h"

struct easel {
    struct region region;
    uint8_t *pixels; /* a colour a byte, row by row; blank at first */
    struct cells cells;
    struct rect touched; /* outside of it no pixel changed since the last easel_picture */
};

/* What a frame shows: one colour a byte, row by row. */
struct picture {
    const uint8_t *pixels; /* the easel's; lives until the next call with the easel */
    uint32_t width, height;
    struct rect touched; /* outside of it nothing changed since the last one */
};

/* shrink is the side of a square of pixels that a frame shows as one; 1: all are shown. The caller
 * has checked the size. 0, or -1 when memory is short. */
int easel_init(struct easel *easel, const struct region *region, uint32_t shrink);
void easel_finish(struct easel *easel); /* all zero is fine */

/* Paint the n edits (3n bytes, in range) of a canvas in their order up to, but without, the one
 * that would be number `limit` + 1 of those that lie in the region. How many of the n were taken is
 * returned, how many of these lie in the region is in *inside. */
size_t easel_paint(struct easel *easel, struct position canvas, const uint8_t *edits, size_t n,
                   uint64_t limit, uint64_t *inside);

struct picture easel_picture(struct easel *easel);

#endif
