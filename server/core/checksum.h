/* SPDX-License-Identifier: ISC */
/*
 * checksum: 64 bits that tell whether two canvases are the same, kept up to date in O(1) an edit.
 * Pure. See PROTOCOL.md, "Checksum"; two 32-bit lanes so that a browser can follow.
 */
#ifndef PLACED_CORE_CHECKSUM_H
#define PLACED_CORE_CHECKSUM_H

#include <stdint.h>

/* The two mixes of a value pixel << 4 | colour. */
static inline uint32_t checksum_low(uint32_t value)
{
    uint32_t h = value ^ 0x9e3779b9u;
    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

static inline uint32_t checksum_high(uint32_t value)
{
    uint32_t h = value ^ 0x7f4a7c15u;
    h = (h ^ h >> 16) * 0x7feb352du;
    h = (h ^ h >> 15) * 0x846ca68bu;
    return h ^ h >> 16;
}

/* What a pixel (index y * width + x) of this colour adds by XOR; white adds nothing. */
static inline uint64_t checksum_pixel(uint32_t pixel, uint32_t colour)
{
    uint32_t value = pixel << 4 | colour;
    return colour == 0 ? 0 : (uint64_t)checksum_high(value) << 32 | checksum_low(value);
}

#endif
