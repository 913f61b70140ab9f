/* SPDX-License-Identifier: ISC */
/* picture_png: pixels to PNG bytes, the same ones on every server that runs the same libraries. */
#ifndef PLACED_DERIVED_PICTURE_PNG_H
#define PLACED_DERIVED_PICTURE_PNG_H

#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"

struct picture_text {
    const char *key, *value;
};

/* 4-bit palette, filter none, a tEXt chunk for each text before the pixels. Bytes for free(), or
 * NULL when memory is short. Pure. */
uint8_t *picture_encode(const uint8_t pixels[CANVAS_PIXELS], const struct picture_text *texts,
                        size_t n_texts, size_t *len);

/* The same of any size, one colour a byte, row by row; neither side is 0. */
uint8_t *picture_encode_area(const uint8_t *pixels, uint32_t width, uint32_t height,
                             const struct picture_text *texts, size_t n_texts, size_t *len);

struct picture_colour {
    uint8_t red, green, blue, alpha;
};

enum { PICTURE_LEVELS = 256 };

/* The same with a byte a pixel, of a palette of its own, in which colours may be transparent. */
uint8_t *picture_encode_levels(const uint8_t levels[CANVAS_PIXELS],
                               const struct picture_colour colours[PICTURE_LEVELS],
                               const struct picture_text *texts, size_t n_texts, size_t *len);

/* The same of any size; neither side is 0. */
uint8_t *picture_encode_levels_area(const uint8_t *levels, uint32_t width, uint32_t height,
                                    const struct picture_colour colours[PICTURE_LEVELS],
                                    const struct picture_text *texts, size_t n_texts, size_t *len);

#endif
