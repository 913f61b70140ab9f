/* SPDX-License-Identifier: ISC */
/*
 * heat: how often each pixel was painted, as one byte a pixel. A level below 64 is the number
 * itself; from there on 24 levels are a doubling: 64 + floor(24 log2(number / 64)), at most 255.
 */
#ifndef PLACED_HISTORY_HEAT_H
#define PLACED_HISTORY_HEAT_H

#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"
#include "derived/picture_png.h"

enum { HEAT_PIXELS = 1 << 20 };

/* 2 MB: allocate it, all zero. By an edit's own bits x | y << 10, which spares a multiplication for
 * each of millions. Mostly only the low bytes are touched, which a processor's cache holds; the
 * high ones stay at 255, where a number is far above the highest level. */
struct heat {
    uint8_t low[HEAT_PIXELS], high[HEAT_PIXELS];
};

void heat_add(struct heat *heat, const uint8_t *edits, size_t n); /* in range all */

/* The level of every pixel, row by row. */
void heat_levels(const struct heat *heat, uint8_t levels[CANVAS_PIXELS]);

/* Their colours: level 0 is transparent, the others go from dark red by orange and yellow to white,
 * each lighter than the one below. */
void heat_colours(struct picture_colour colours[PICTURE_LEVELS]);

#endif
