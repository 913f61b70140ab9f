/* SPDX-License-Identifier: ISC */
/* webp_image: an image to lossless WebP by libwebp. Any thread. */
#ifndef PLACED_TIMELAPSE_WEBP_IMAGE_H
#define PLACED_TIMELAPSE_WEBP_IMAGE_H

#include "image.h"

enum { WEBP_IMAGE_SIDE_MAX = 16383 };

/* The chunk VP8L, header and padding included. The colour PATCH_KEEP is transparent. 0, or -1
 * when memory is short. */
int webp_image_encode(const struct image *image, struct encoded *encoded);

#endif
