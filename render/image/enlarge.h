/* SPDX-License-Identifier: ISC */
/*
 * enlarge: four times as wide and high, with straight lines between the centres of the old pixels
 * (bilinear). libvips can do it too, for any factor, at five times the cost.
 */
#ifndef PLACED_RENDER_IMAGE_ENLARGE_H
#define PLACED_RENDER_IMAGE_ENLARGE_H

#include <vips/vips.h>

enum { ENLARGE_FACTOR = 4 };

/* small: in memory, one byte a sample. The result has width x height pixels, about four times as
 * many a side; beyond small's edge its last pixels go on. NULL: see vips_error_buffer. */
VipsImage *enlarge(VipsImage *small, int width, int height);

#endif
