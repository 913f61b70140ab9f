/* SPDX-License-Identifier: ISC */
/* checkpoint_contents: what a checkpoint holds. */
#ifndef PLACED_DERIVED_CHECKPOINT_CONTENTS_H
#define PLACED_DERIVED_CHECKPOINT_CONTENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"

/* How far the log has been read, and which log it was. */
struct checkpoint_plane {
    uint64_t version;     /* the offset after the last record read; 0 before any */
    struct anchor anchor; /* of that record; valid when version > 0 */
    bool has_genesis;
    uint8_t genesis[GENESIS_BYTES];
    char cluster[64]; /* as log_identify gives them, cut if longer, NUL-terminated */
    char topic[256];
};

/* One canvas that was ever painted. */
struct checkpoint_canvas {
    struct position position;
    uint64_t version, checksum;
    const uint8_t *pixels; /* CANVAS_PIXELS, one colour a byte */
};

#endif
