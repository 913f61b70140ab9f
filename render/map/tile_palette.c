/* SPDX-License-Identifier: ISC */
/* tile_palette: distinct colours are numbered by a hash table; only they are compared further. */
#include "render/map/tile_palette.h"

#include <string.h>

enum {
    /* Lowest bits of a channel that may differ: what nobody sees. Where edges are all that differs,
     * two of them save a tenth of the bytes. */
    FINEST = 2,
    COARSEST = 3,
    AREA_PART = 256, /* a colour of this part of the pixels is that of an area */
    BUCKETS = 1024,
};

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

/* The colours of a palette by what is left of them without their lowest bits. */
struct buckets {
    uint32_t mask;
    uint16_t slots[BUCKETS]; /* index in the palette and 1 */
};

/* The slot of a colour's bucket, or the free one where it belongs. */
static uint16_t *bucket_of(struct buckets *buckets, const struct tile_palette *palette,
                           uint32_t colour)
{
    const uint32_t left = colour & buckets->mask;
    unsigned slot = (left * 2654435769u) >> 22;
    _Static_assert(BUCKETS == 1 << 10, "as many as the hash has values");
    while (buckets->slots[slot] &&
           (palette->colours[buckets->slots[slot] - 1] & buckets->mask) != left)
        slot = (slot + 1) % BUCKETS;
    return &buckets->slots[slot];
}

/* Give each distinct colour an index. Those of areas have their own; of the others, those that
 * differ in their `coarse` lowest bits only share one, which is an area's if there is such, else
 * the most frequent of them. False when that are more than 256. */
static bool join_colours(struct tile_palette *palette, unsigned coarse, uint32_t area)
{
    struct buckets buckets = {.mask = 0x01010101u * (0xffu << coarse & 0xff)};
    uint32_t best[TILE_PALETTE_COLOURS];
    palette->count = 0;
    for (int rare = 0; rare < 2; rare++) {
        for (unsigned i = 0; i < palette->n_distinct; i++) {
            const uint32_t colour = palette->distinct[i], frequency = palette->frequency[i];
            if ((frequency < area) != rare)
                continue;
            uint16_t *bucket = bucket_of(&buckets, palette, colour);
            unsigned index = rare && *bucket ? *bucket - 1u : palette->count;
            if (index == TILE_PALETTE_COLOURS)
                return false;
            if (index == palette->count) {
                palette->count++;
                best[index] = 0;
            }
            if (!*bucket || frequency > best[*bucket - 1])
                *bucket = (uint16_t)(index + 1);
            if (frequency > best[index]) {
                best[index] = frequency;
                palette->colours[index] = colour;
            }
            palette->index_of[i] = (uint8_t)index;
        }
    }
    return true;
}

bool tile_palette_find(struct tile_palette *palette, const uint32_t *pixels, size_t stride,
                       unsigned side, uint16_t *numbers, uint8_t *indices)
{
    if (!number_colours(palette, pixels, stride, side, numbers))
        return false;
    const uint32_t area = side * side / AREA_PART;
    unsigned coarse = FINEST;
    while (!join_colours(palette, coarse, area))
        if (++coarse > COARSEST)
            return false;
    for (size_t i = 0; i < (size_t)side * side; i++)
        indices[i] = palette->index_of[numbers[i]];
    return true;
}
