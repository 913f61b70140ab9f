/* SPDX-License-Identifier: ISC */
/*
 * index_png: a square of palette indices as a PNG file, as fast as it goes: into memory that is
 * there already, compressed by libdeflate at its lowest level (which is twice as fast as zlib's).
 * Of the same pixels one build of libdeflate always makes the same file.
 *
 * Threads: one at a time.
 */
#ifndef PLACED_RENDER_FRACTAL_INDEX_PNG_H
#define PLACED_RENDER_FRACTAL_INDEX_PNG_H

#include <stddef.h>
#include <stdint.h>

enum { INDEX_PNG_SIDE = 256 }; /* pixels */

struct index_png;

/* NULL: no memory. */
struct index_png *index_png_create(void);
void index_png_destroy(struct index_png *png); /* NULL is fine */

/* The file, until the next call, and its length. Of 16 colours or fewer a pixel takes four bits;
 * pixels are less than colours, rgb has so many. NULL: it failed. */
const uint8_t *index_png_encode(struct index_png *png,
                                const uint8_t pixels[INDEX_PNG_SIDE * INDEX_PNG_SIDE],
                                const uint8_t *rgb, unsigned colours, size_t *len);

#endif
