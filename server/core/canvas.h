/* SPDX-License-Identifier: ISC */
/*
 * canvas: the picture and the fold that makes it: version, pixels, and what is needed to prove and
 * resume it. Pure. One thread at a time.
 */
#ifndef PLACED_CORE_CANVAS_H
#define PLACED_CORE_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/edit.h"
#include "core/record.h"

enum {
    CANVAS_PIXELS = CANVAS_WIDTH * CANVAS_HEIGHT,
};

/* About 1 MB: allocate it. Copy it by assignment. */
struct canvas {
    uint64_t version;     /* the next offset to read; 0 before any record */
    uint64_t checksum;    /* of pixels, see checksum.h */
    struct anchor anchor; /* of the last record read (skipped ones too); valid when version > 0 */
    bool has_genesis;
    uint8_t genesis[GENESIS_BYTES];
    uint8_t pixels[CANVAS_PIXELS]; /* one colour a byte, row by row */
};

void canvas_init(struct canvas *canvas); /* blank, version 0 */

/* Fold one record; its offset must not be below canvas->version (asserted by the caller).
 * Returns the number of edits, 0 for a record that was skipped whole. */
size_t canvas_fold(struct canvas *canvas, const struct record *record);

/* The checksum from the pixels alone, to verify a canvas that was loaded. */
uint64_t canvas_checksum(const uint8_t pixels[CANVAS_PIXELS]);

#endif
