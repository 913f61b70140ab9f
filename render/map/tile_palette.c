/* SPDX-License-Identifier: ISC */
/* tile_palette: distinct colours are numbered by a hash table; only they are compared further. */
#include "render/map/tile_palette.h"

#include <string.h>

enum { COARSEST = 3 }; /* lowest bits of a channel that may differ: what nobody sees */

/* The slot of a colour, or the free one where it belongs. */
static unsigned slot_of(const struct tile_palette *palette, uint32_t colour)
{
    unsigned slot = (colour * 2654435769u) >> 18;
    _Static_assert(TILE_PALETTE_SLOTS == 1 << 14, "as many as the hash has values");
    while (palette->slots[slot] && palette->distinct[palette->slots[slot] - 1] != colour)
        slot = (slot + 1) % TILE_PALETTE_SLOTS;
    return slot;
}

/* Number each pixel's colour. False when there are too many. */
static bool number_colours(struct tile_palette *palette, const uint32_t *pixels, size_t stride,
                           unsigned side, uint16_t *numbers)
{
    memset(palette->slots, 0, sizeof palette->slots);
    palette->n_distinct = 0;
    uint32_t last = ~pixels[0];
    unsigned number = 0;
    for (unsigned y = 0; y < side; y++, pixels += stride) {
        for (unsigned x = 0; x < side; x++) {
            uint32_t colour = pixels[x];
            if (colour != last) {
                unsigned slot = slot_of(palette, colour);
                if (!palette->slots[slot]) {
                    if (palette->n_distinct == TILE_PALETTE_DISTINCT)
                        return false;
                    palette->distinct[palette->n_distinct] = colour;
                    palette->frequency[palette->n_distinct] = 0;
                    palette->slots[slot] = (uint16_t)++palette->n_distinct;
                }
                number = palette->slots[slot] - 1u;
                last = colour;
            }
            palette->frequency[number]++;
            *numbers++ = (uint16_t)number;
        }
    }
    return true;
}

/* Join the distinct colours that differ in their `coarse` lowest bits only. False when more than
 * 256 are left. */
static bool join_colours(struct tile_palette *palette, unsigned coarse)
{
    const uint32_t mask = 0x01010101u * (0xffu << coarse & 0xff);
    uint32_t best[TILE_PALETTE_COLOURS] = {0};
    uint16_t slots[1024] = {0}; /* index and 1, of what is left of a colour */
    palette->count = 0;
    for (unsigned i = 0; i < palette->n_distinct; i++) {
        uint32_t left = palette->distinct[i] & mask;
        unsigned slot = (left * 2654435769u) >> 22;
        while (slots[slot] && (palette->colours[slots[slot] - 1] & mask) != left)
            slot = (slot + 1) % 1024;
        if (!slots[slot]) {
            if (palette->count == TILE_PALETTE_COLOURS)
                return false;
            palette->colours[palette->count] = palette->distinct[i];
            slots[slot] = (uint16_t)++palette->count;
        }
        unsigned index = slots[slot] - 1u;
        palette->index_of[i] = (uint8_t)index;
        if (palette->frequency[i] > best[index]) {
            best[index] = palette->frequency[i];
            palette->colours[index] = palette->distinct[i];
        }
    }
    return true;
}

bool tile_palette_find(struct tile_palette *palette, const uint32_t *pixels, size_t stride,
                       unsigned side, uint16_t *numbers, uint8_t *indices)
{
    if (!number_colours(palette, pixels, stride, side, numbers))
        return false;
    unsigned coarse = 0;
    while (!join_colours(palette, coarse))
        if (++coarse > COARSEST)
            return false;
    for (size_t i = 0; i < (size_t)side * side; i++)
        indices[i] = palette->index_of[numbers[i]];
    return true;
}
