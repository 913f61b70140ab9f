/* SPDX-License-Identifier: ISC */
/* bytes: little-endian integers in byte strings, whatever the machine's own order. Pure. */
#ifndef PLACED_CORE_BYTES_H
#define PLACED_CORE_BYTES_H

#include <stdint.h>

static inline uint16_t load_u16(const uint8_t *b)
{
    return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t load_u32(const uint8_t *b)
{
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline uint64_t load_u64(const uint8_t *b)
{
    return (uint64_t)load_u32(b) | (uint64_t)load_u32(b + 4) << 32;
}

static inline void store_u16(uint8_t *b, uint16_t v)
{
    b[0] = (uint8_t)v;
    b[1] = (uint8_t)(v >> 8);
}

static inline void store_u32(uint8_t *b, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        b[i] = (uint8_t)(v >> 8 * i);
}

static inline void store_u64(uint8_t *b, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        b[i] = (uint8_t)(v >> 8 * i);
}

#endif
