/* SPDX-License-Identifier: ISC */
/*
 * fractal: tiles of the Mandelbrot set and of Julia sets as PNG files. A tile is a pure function of
 * its name: the same pixels from every machine, and the same file where libdeflate is the same.
 *
 * Where tiles lie is in plane.h, how their points are followed in escape.h, the colours in
 * gradient.h. Each is part of what revision 1 of the names means: whoever changes a pixel raises
 * PICTURE_FRACTAL_REVISION.
 *
 * Threads: one at a time; its own work with it.
 */
#ifndef PLACED_RENDER_FRACTAL_FRACTAL_H
#define PLACED_RENDER_FRACTAL_FRACTAL_H

#include <stddef.h>
#include <stdint.h>

#include "render/fractal/escape.h"
#include "render/name/picture.h"

enum { FRACTAL_THREADS_MAX = 256 };

struct fractal;

/* threads: 1 to FRACTAL_THREADS_MAX, the caller's included; those others start here.
 * escape_can(clone) must be true. NULL: no memory or no threads. */
struct fractal *fractal_create(unsigned threads, enum escape_clone clone);
void fractal_destroy(struct fractal *fractal); /* NULL is fine */

/* The file of a tile of PICTURE_MANDELBROT or PICTURE_JULIA, until the next call. NULL: it failed.
 */
const uint8_t *fractal_render(struct fractal *fractal, const struct picture *tile, size_t *len);

#endif
