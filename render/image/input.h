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

/* A picture that is coarser than the file's, for an operation that needs no more. */
struct coarse {
    int factor;        /* each pixel is the mean of factor x factor: 4, or 1 when there are few */
    int width, height; /* of the upright picture, in its own pixels */
};

/* Upright, in memory, colours weighted with their alpha (premultiplied). Pixels at the right and at
 * the bottom may be missing when they would be the mean of less. */
VipsImage *input_coarse(int file, const struct header *header, struct coarse *coarse);

/* Upright and scaled down, or up where larger is set, to fit into width x height: a JPEG or WebP
 * is decoded no larger than it has to be. */
VipsImage *input_scaled(int file, const struct header *header, int width, int height, bool larger);

#endif
