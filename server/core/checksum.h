/* SPDX-License-Identifier: ISC */
/*
 * checksum: 64 bits that tell whether two canvases are the same, kept up to date in O(1) an edit.
 * Pure. See PROTOCOL.md, "Checksum"; two 32-bit lanes so that a browser can follow.
 */
#ifndef PLACED_CORE_CHECKSUM_H
#define PLACED_CORE_CHECKSUM_H

#include <stdint.h>

/* What a pixel (index y * width + x) of this colour adds by XOR; white adds nothing. */
static inline uint64_t checksum_pixel(uint32_t pixel, uint32_t colour)
{
    if (colour == 0)
        return 0;
    uint32_t v = pixel << 4 | colour;
    uint32_t lo = v ^ 0x9e3779b9u, hi = v ^ 0x7f4a7c15u;
    lo = (lo ^ lo >> 16) * 0x85ebca6bu;
    lo = (lo ^ lo >> 13) * 0xc2b2ae35u;
    hi = (hi ^ hi >> 16) * 0x7feb352du;
    hi = (hi ^ hi >> 15) * 0x846ca68bu;
    return (uint64_t)(hi ^ hi >> 16) << 32 | (lo ^ lo >> 16);
}

#endif
