/* SPDX-License-Identifier: ISC */
/*
 * skim: a JPEG as a small picture by the means of its blocks, which is as good as decoding it at an
 * eighth of its size: what is smaller than an eighth of it needs no more.
 */
#ifndef PLACED_RENDER_IMAGE_SKIM_H
#define PLACED_RENDER_IMAGE_SKIM_H

#include <vips/vips.h>

#include "render/image/header.h"

/* As stored, width x height pixels, which are at least 1 and at most an eighth of the file's; grey
 * or red, green and blue, in memory. NULL without an error: it cannot be skimmed, by its kind
 * (progressive, or of other colours) or because it is damaged. */
VipsImage *skim(int file, const struct header *header, int width, int height);

#endif
