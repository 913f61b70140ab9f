/* SPDX-License-Identifier: ISC */
/*
 * stencil: a picture in the canvas's 16 colours, as people paint it by hand or let a tool do it.
 * Pure.
 */
#ifndef PLACED_RENDER_IMAGE_STENCIL_H
#define PLACED_RENDER_IMAGE_STENCIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STENCIL_SIDE = 100, /* "stencil" fits into a square of this side */
    STENCIL_HEIGHT_MAX = 10000,
    STENCIL_CLEAR = 16,      /* the colour of pixels that nobody need paint */
    STENCIL_ALPHA_MIN = 128, /* less opaque ones are clear */
};

/* rgba: 4 bytes a pixel, row by row, not premultiplied. colours: one byte a pixel, 0 to 15 or
 * STENCIL_CLEAR. dither: spread what the nearest colour leaves over among the neighbours (Floyd and
 * Steinberg), else each pixel has the nearest colour. 0, or -1: no memory. */
int stencil_map(const uint8_t *rgba, uint32_t width, uint32_t height, bool dither,
                uint8_t *colours);

/* The same as an indexed PNG for free(), in which clear pixels are transparent. NULL: no memory. */
uint8_t *stencil_png(const uint8_t *colours, uint32_t width, uint32_t height, size_t *len);

#endif
