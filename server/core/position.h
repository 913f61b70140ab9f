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
