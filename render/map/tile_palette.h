/* SPDX-License-Identifier: ISC */
/*
 * tile_palette: the colours of a tile, as an index a pixel. Maps are areas of few colours with
 * smoothed edges: nearly every tile has at most 256 colours or comes close, so that a byte a pixel
 * says the same as four. Colours of edges that differ in their lowest bits only become one; those
 * of areas stay exactly what they are, on both sides of the border of two tiles. Pure.
 */
#ifndef PLACED_RENDER_MAP_TILE_PALETTE_H
#define PLACED_RENDER_MAP_TILE_PALETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TILE_PALETTE_COLOURS = 256,
    TILE_PALETTE_DISTINCT = 4096, /* a tile of more colours is a photograph and gets no palette */
    TILE_PALETTE_SLOTS = 4 * TILE_PALETTE_DISTINCT,
};

/* Its own memory, to be used again: about 200 kB. */
struct tile_palette {
    uint32_t colours[TILE_PALETTE_COLOURS]; /* red in the lowest byte, alpha in the highest */
    unsigned count;
    /* Of its own use: */
    uint16_t slots[TILE_PALETTE_SLOTS]; /* number of a distinct colour and 1 */
    uint32_t distinct[TILE_PALETTE_DISTINCT];
    uint32_t frequency[TILE_PALETTE_DISTINCT];
    uint8_t index_of[TILE_PALETTE_DISTINCT];
    unsigned n_distinct;
};

/* Find the palette of side x side pixels whose rows are `stride` pixels apart, and write the index
 * of each pixel. numbers: memory for side * side. False: it has too many colours. */
bool tile_palette_find(struct tile_palette *palette, const uint32_t *pixels, size_t stride,
                       unsigned side, uint16_t *numbers, uint8_t *indices);

#endif
