/* SPDX-License-Identifier: ISC */
/*
 * edit: one edit is 3 bytes, a 24-bit little-endian word x | y << 10 | colour << 20.
 * Pure. See PROTOCOL.md, "The edit".
 */
#ifndef PLACED_CORE_EDIT_H
#define PLACED_CORE_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CANVAS_WIDTH = 1000,  /* pixels */
    CANVAS_HEIGHT = 1000, /* pixels */
    CANVAS_COLOURS = 16,
    EDIT_BYTES = 3,
};

/* x, y in pixels, colour an index; the caller keeps them in range. */
static inline uint32_t edit_pack(uint32_t x, uint32_t y, uint32_t colour)
{
    return x | y << 10 | colour << 20;
}

static inline uint32_t edit_x(uint32_t word)
{
    return word & 0x3ff;
}

static inline uint32_t edit_y(uint32_t word)
{
    return word >> 10 & 0x3ff;
}

static inline uint32_t edit_colour(uint32_t word)
{
    return word >> 20 & 0xf;
}

static inline uint32_t edit_load(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
}

static inline void edit_store(uint8_t *bytes, uint32_t word)
{
    bytes[0] = (uint8_t)word;
    bytes[1] = (uint8_t)(word >> 8);
    bytes[2] = (uint8_t)(word >> 16);
}

static inline bool edit_in_range(uint32_t word)
{
    return edit_x(word) < CANVAS_WIDTH && edit_y(word) < CANVAS_HEIGHT;
}

/* Is every one of the n edits at bytes (3n bytes) on the canvas? */
bool edits_in_range(const uint8_t *bytes, size_t n);

#endif
