/* SPDX-License-Identifier: ISC */
/*
 * canvas: one picture of the plane and the fold that makes it. Pure. One thread at a time.
 */
#ifndef PLACED_CORE_CANVAS_H
#define PLACED_CORE_CANVAS_H

#include <stddef.h>
#include <stdint.h>

#include "core/edit.h"

enum {
    CANVAS_PIXELS = CANVAS_WIDTH * CANVAS_HEIGHT,
};

/* About 1 MB: allocate it. Copy it by assignment. */
struct canvas {
    uint64_t version;              /* the offset after the last record that edited it; 0: blank */
    uint64_t checksum;             /* of pixels, see checksum.h */
    uint8_t pixels[CANVAS_PIXELS]; /* one colour a byte, row by row */
};

void canvas_init(struct canvas *canvas); /* blank, version 0 */

/* Apply the n edits (3n bytes, all in range) of one record; version is the offset after it. */
void canvas_apply(struct canvas *canvas, const uint8_t *edits, size_t n, uint64_t version);

/* The colour of one pixel. Also while another thread applies edits: then it is the one before or
 * after any of them. */
static inline uint32_t canvas_colour(const struct canvas *canvas, uint32_t x, uint32_t y)
{
    return __atomic_load_n(&canvas->pixels[y * CANVAS_WIDTH + x], __ATOMIC_RELAXED);
}

/* The checksum from the pixels alone, to verify a canvas that was loaded. */
uint64_t canvas_checksum(const uint8_t pixels[CANVAS_PIXELS]);

#endif
