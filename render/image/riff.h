/* SPDX-License-Identifier: ISC */
/* riff: takes out of a WebP file what is not pixels. Pure. */
#ifndef PLACED_RENDER_IMAGE_RIFF_H
#define PLACED_RENDER_IMAGE_RIFF_H

#include <stddef.h>
#include <stdint.h>

/* Remove EXIF, XMP and colour profile in place; the new length. What is no WebP stays as it is. */
size_t riff_strip(uint8_t *webp, size_t len);

#endif
