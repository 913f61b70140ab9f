/* SPDX-License-Identifier: ISC */
/* sample: pictures to try the engine with, made by libvips, as files without a name. */
#ifndef PLACED_TEST_RENDER_SAMPLE_H
#define PLACED_TEST_RENDER_SAMPLE_H

#include <stddef.h>
#include <vips/vips.h>

/* Noise, the worst that a picture can be: of so many bands, 8 or 16 bits. */
VipsImage *sample_noise(int width, int height, int bands, int bits);

/* Left half red, right half blue; the top left quarter is white, so that it shows how it is turned.
 */
VipsImage *sample_flag(int width, int height);

/* As a file that can be read and sought in. suffix: ".jpg[Q=90]". The image is released. */
int sample_file(VipsImage *image, const char *suffix);

/* A file of these bytes. */
int sample_bytes(const void *bytes, size_t len);

/* All bytes of a file, for free(). */
void *sample_read(int file, size_t *len);

#endif
