/* SPDX-License-Identifier: ISC */
/* png_image: an image to a PNG with a palette of 16 colours, 4 bits a pixel. Any thread. */
#ifndef PLACED_TIMELAPSE_PNG_IMAGE_H
#define PLACED_TIMELAPSE_PNG_IMAGE_H

#include "image.h"

/* The whole file. All colours are below CANVAS_COLOURS. 0, or -1 when memory is short. */
int png_image_encode(const struct image *image, struct encoded *encoded);

#endif
