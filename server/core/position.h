/* SPDX-License-Identifier: ISC */
/*
 * position: where a canvas lies in the plane, counted in whole canvases. The pixel (x, y) of the
 * canvas at (gx, gy) has the plane coordinates (gx * 1000 + x, gy * 1000 + y). Pure.
 */
#ifndef PLACED_CORE_POSITION_H
#define PLACED_CORE_POSITION_H

#include <stdbool.h>
#include <stdint.h>

enum {
    POSITION_MIN = -1024,
    POSITION_MAX = 1023,
    POSITION_SPAN = POSITION_MAX - POSITION_MIN + 1, /* canvases in a row of the plane */
    POSITION_BYTES = 4,                              /* in the value of a record */
};

struct position {
    int16_t gx, gy;
};

static inline bool position_in_range(struct position p)
{
    return p.gx >= POSITION_MIN && p.gx <= POSITION_MAX && p.gy >= POSITION_MIN &&
           p.gy <= POSITION_MAX;
}

/* The position of these numbers; false when it is out of range. */
static inline bool position_from(int64_t gx, int64_t gy, struct position *position)
{
    if (gx < POSITION_MIN || gx > POSITION_MAX || gy < POSITION_MIN || gy > POSITION_MAX)
        return false;
    *position = (struct position){(int16_t)gx, (int16_t)gy};
    return true;
}

/* The canvas of a pixel in plane coordinates, and the pixel's place in it (0 to span - 1 each):
 * whole canvases are counted downwards from 0, also to the left of it and above. */
static inline bool position_of_pixel(int64_t x, int64_t y, uint32_t span, struct position *position,
                                     uint32_t *in_x, uint32_t *in_y)
{
    int64_t size = span, gx = x / size - (x % size < 0), gy = y / size - (y % size < 0);
    *in_x = (uint32_t)(x - gx * size);
    *in_y = (uint32_t)(y - gy * size);
    return position_from(gx, gy, position);
}

static inline bool position_equal(struct position a, struct position b)
{
    return a.gx == b.gx && a.gy == b.gy;
}

/* i16 gx, i16 gy, little-endian. */
static inline struct position position_load(const uint8_t *bytes)
{
    return (struct position){(int16_t)(bytes[0] | bytes[1] << 8),
                             (int16_t)(bytes[2] | bytes[3] << 8)};
}

static inline void position_store(uint8_t bytes[POSITION_BYTES], struct position p)
{
    bytes[0] = (uint8_t)p.gx;
    bytes[1] = (uint8_t)((uint16_t)p.gx >> 8);
    bytes[2] = (uint8_t)p.gy;
    bytes[3] = (uint8_t)((uint16_t)p.gy >> 8);
}

#endif
