/* SPDX-License-Identifier: ISC */
/*
 * plane: where the tiles of a fractal lie, and how long a point is followed.
 *
 * The tile of zoom 0 is a square of 4 x 4. Mandelbrot: centre -0.5, real parts -2.5 to 1.5; Julia:
 * centre 0, -2 to 2. Imaginary parts 2 to -2: the imaginary axis points up, y down. A tile of zoom
 * Z is 4 / 2^Z wide, and the middle of its pixel (i, j) is
 *
 *     re = centre - 2 + (256 x + i + 0.5) * 2^(-6 - Z)      im = 2 - (256 y + j + 0.5) * 2^(-6 - Z)
 *
 * The product is exact in a double at every zoom, so that a sum is rounded once, and the pixels of
 * zoom 40, 1.4e-14 apart, are still some thirty units of the last place from each other.
 *
 * A point is followed for 256 + 96 Z iterations: the deeper, the longer points near the edge take.
 */
#ifndef PLACED_RENDER_FRACTAL_PLANE_H
#define PLACED_RENDER_FRACTAL_PLANE_H

#include <stdint.h>

#include "render/fractal/escape.h"
#include "render/name/picture.h"

enum { PLANE_TILE = 256 }; /* pixels a side */

/* A multiple of ESCAPE_BLOCK. */
unsigned plane_iterations(unsigned zoom);

/* The rows of a fractal's tile from `row` on: what escape_band has to work on. */
void plane_band(const struct picture *tile, unsigned row, struct escape_band *band);

#endif
