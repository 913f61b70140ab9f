/* SPDX-License-Identifier: ISC */
/*
 * input: an uploaded file as a picture of libvips: sRGB (or grey), one byte a sample, perhaps with
 * alpha. Nothing is decoded before the header has been found good, and not by libvips.
 */
#ifndef PLACED_RENDER_IMAGE_INPUT_H
#define PLACED_RENDER_IMAGE_INPUT_H

#include <stdbool.h>
#include <vips/vips.h>

#include "render/image/budget.h"
#include "render/image/header.h"

enum { INPUT_ERROR_BYTES = 200 };

/* Read the header of a file that can be sought in and compare it with the budget. 0, or -1 with a
 * reason in error. */
int input_check(int file, const struct budget *budget, struct header *header,
                char error[INPUT_ERROR_BYTES]);

/* The picture as stored, to be read from top to bottom once; NULL: see vips_error_buffer. */
VipsImage *input_open(int file, const struct header *header);

/* The same, turned upright as EXIF says. in_memory: it can then be read in any order. */
VipsImage *input_upright(int file, const struct header *header, bool in_memory);

/* Upright, in memory, each pixel the mean of 4 x 4, at the right and the bottom edge of what is
 * there; colours are weighted with their alpha (premultiplied). width, height: of the upright
 * picture. */
VipsImage *input_quarter(int file, const struct header *header, int *width, int *height);

/* Upright and scaled down, or up where larger is set, to fit into width x height: a JPEG is decoded
 * no larger than it has to be. */
VipsImage *input_scaled(int file, const struct header *header, int width, int height, bool larger);

#endif
