/* SPDX-License-Identifier: ISC */
/* image: colours that are to be encoded, and the bytes that come out. */
#ifndef PLACED_TIMELAPSE_IMAGE_H
#define PLACED_TIMELAPSE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

struct image {
    const uint8_t *colours; /* width x height of them, row by row */
    uint32_t width, height;
    uint32_t zoom; /* each becomes a square of so many pixels */
};

struct encoded {
    uint8_t *bytes; /* for free() */
    size_t len;
};

#endif
