/* SPDX-License-Identifier: ISC */
/*
 * tile_png: the pixels of a tile as PNG. A palette of as few bits a pixel as its colours need,
 * where it has few; a tile of one colour, as all the sea is, is encoded once.
 */
#ifndef PLACED_RENDER_MAP_TILE_PNG_H
#define PLACED_RENDER_MAP_TILE_PNG_H

#include <stddef.h>
#include <stdint.h>

enum { TILE_PNG_SIDE_MAX = 1024 };

struct tile_png;

/* For tiles of at most side_max x side_max pixels. NULL: no memory. */
struct tile_png *tile_png_create(unsigned side_max);
void tile_png_destroy(struct tile_png *png); /* NULL is fine */

/* Encode side x side pixels whose rows are `stride` pixels apart: bytes red, green, blue, alpha,
 * colours multiplied by alpha. The bytes are the encoder's until the next call. */
const uint8_t *tile_png_encode(struct tile_png *png, const uint32_t *pixels, size_t stride,
                               unsigned side, size_t *len);

#endif
