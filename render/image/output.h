/* SPDX-License-Identifier: ISC */
/* output: a picture of libvips as the bytes of a file, of bounded size. */
#ifndef PLACED_RENDER_IMAGE_OUTPUT_H
#define PLACED_RENDER_IMAGE_OUTPUT_H

#include <stddef.h>
#include <stdint.h>
#include <vips/vips.h>

#include "render/image/header.h"

enum { OUTPUT_QUALITY = 85 };

/* The bytes, for free(). Computes the picture. -1: see vips_error_buffer; a result of more than
 * limit bytes is one. */
int output_encode(VipsImage *image, const struct header *like, size_t limit, uint8_t **bytes,
                  size_t *len);

#endif
