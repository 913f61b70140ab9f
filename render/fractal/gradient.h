/* SPDX-License-Identifier: ISC */
/*
 * gradient: colours of the steps of escape_band. Five colours, one of which comes after 204 steps
 * of straight lines between them in sRGB, and the last of which goes over into the first; a step s
 * has the colour at (s + GRADIENT_SHIFT) modulo GRADIENT_CYCLE. The inside is black.
 *
 * A pixel is one byte, so a picture has 256 colours at most. A quiet one needs no more and gets
 * them all; of a busy one, in which nobody sees it, two or four steps share a colour.
 *
 * The canvas's palette has the canvas's sixteen colours by their own numbers, so that a tile can be
 * painted on a canvas as it is: fifteen of them, 68 steps each, and black inside.
 *
 * Pure; any thread.
 */
#ifndef PLACED_RENDER_FRACTAL_GRADIENT_H
#define PLACED_RENDER_FRACTAL_GRADIENT_H

#include <stddef.h>
#include <stdint.h>

#include "render/fractal/escape.h"
#include "render/name/picture.h"

enum {
    GRADIENT_COLOURS = 256, /* of a picture, at most */
    GRADIENT_CYCLE = 1020,
    GRADIENT_SHIFT = 840, /* the first colour is that of points which leave at once */
};

struct gradient {
    enum picture_palette palette;
    uint8_t rgb[GRADIENT_CYCLE][3]; /* but for the canvas's */
};

void gradient_make(struct gradient *gradient, enum picture_palette name);

/* Turn steps into numbers of colours, and set rgb, three bytes a colour. The number of colours. */
unsigned gradient_colour(const struct gradient *gradient, const uint16_t *steps, size_t n,
                         uint8_t *pixels, uint8_t rgb[3 * GRADIENT_COLOURS]);

#endif
