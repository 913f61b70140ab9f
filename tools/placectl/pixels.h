/* SPDX-License-Identifier: ISC */
/* pixels: a rectangle of the plane and the colour that each of its pixels is to have. */
#ifndef PLACED_PLACECTL_PIXELS_H
#define PLACED_PLACECTL_PIXELS_H

#include <stddef.h>
#include <stdint.h>

#include "common/region.h"
#include "common/rgba.h"

enum {
    PIXELS_LEFT = 0xff,        /* of a pixel that is left as it is */
    PIXELS_MAX = 16 * 1000000, /* in one go */
};

struct pixels {
    struct region region;
    uint8_t *colours; /* row by row */
};

/* All of them left as they are. 0, or -1 when out of memory. */
int pixels_init(struct pixels *pixels, struct region region);
void pixels_finish(struct pixels *pixels);

/* Each pixel of a picture in the palette's nearest colour, with its top left corner at the
 * region's; what is more than half transparent is left. Returns how many had another colour than
 * the one that they get. The picture is as large as the region. */
uint64_t pixels_from_picture(struct pixels *pixels, const struct rgba *picture);

/* The part of a canvas's picture that lies in the region. The picture is 1000 x 1000. */
void pixels_from_canvas(struct pixels *pixels, struct position canvas, const struct rgba *picture);

uint64_t pixels_count(const struct pixels *pixels);

/* Up to n edits (3n bytes) of one canvas, row by row from *at on, which counts the pixels of the
 * canvas's part of the region that were looked at, and begins as 0. How many; 0: there are no
 * more. */
size_t pixels_edits(const struct pixels *pixels, struct position canvas, uint64_t *at,
                    uint8_t *edits, size_t n);

#endif
