/* SPDX-License-Identifier: ISC */
/* picture: PNG bytes and what is said of them; immutable, shared and counted. */
#ifndef PLACED_DERIVED_PICTURE_H
#define PLACED_DERIVED_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"
#include "core/record.h"
#include "derived/picture_name.h"

struct picture {
    struct picture_name name;
    /* Of a canvas: its version. Of a tile: the newest one below it when the drawing began. */
    uint64_t version;
    char genesis[2 * GENESIS_BYTES + 1]; /* the log's genesis id in hex, "" while it has none */
    char etag[112]; /* with its quotes: genesis, name, version, and CRC-32C of the bytes */
    size_t len;
    const uint8_t *png;
};

/* Encode; genesis may be NULL. The caller has the one reference. NULL when memory is short. */
struct picture *picture_make(struct picture_name name, uint64_t version,
                             const uint8_t genesis[GENESIS_BYTES],
                             const uint8_t pixels[CANVAS_PIXELS]);

/* The same of other pixels than a canvas has; neither side is 0. */
struct picture *picture_make_area(struct picture_name name, uint64_t version,
                                  const uint8_t genesis[GENESIS_BYTES], const uint8_t *pixels,
                                  uint32_t width, uint32_t height);

struct picture *picture_retain(struct picture *picture); /* returns it; NULL is fine. Any thread */
void picture_release(struct picture *picture);           /* NULL is fine. Any thread */

#endif
