/* SPDX-License-Identifier: ISC */
/*
 * engine: makes a variant of an uploaded picture, by libvips. What goes in is hostile; what comes
 * out holds pixels and nothing else: sRGB, upright, without names, places or dates.
 *
 *   thumbnail   fits into 256 x 256 pixels, never enlarged
 *   grayscale   by what the eye sees of each colour
 *   blur        Gaussian, sigma 8 pixels
 *   rotate90    clockwise
 *   stencil     in the canvas's colours: fits into 100 x 100, never enlarged; or W pixels wide
 *
 * The first four are of the type that the upload has: a JPEG of quality 85, a PNG, or a WebP of
 * quality 85 that is lossless when the upload is and has at most 2,000,000 pixels. A stencil is an
 * indexed PNG. Of an animation the first picture counts.
 *
 * Threads: one at a time; libvips starts its own.
 */
#ifndef PLACED_RENDER_IMAGE_ENGINE_H
#define PLACED_RENDER_IMAGE_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "render/image/budget.h"
#include "render/name/picture.h"

enum {
    ENGINE_ERROR_BYTES = 200,
    ENGINE_THUMBNAIL_SIDE = 256,
    ENGINE_BLUR_SIGMA = 8,
};

struct engine_result {
    uint8_t *bytes; /* for free() */
    size_t len;
};

/* Once in a process, before anything else: libvips with one thread, no cache, and no reader but
 * those of JPEG, PNG and WebP. 0, or -1 with a reason in error. */
int engine_start(char error[ENGINE_ERROR_BYTES]);

/* Make this variant of the picture that input can be read from, from its beginning. input remains
 * the caller's. 0, or -1 with a reason for people in error. */
int engine_render(const struct picture *variant, int input, const struct budget *budget,
                  struct engine_result *result, char error[ENGINE_ERROR_BYTES]);

#endif
