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
    uint64_t version; /* the offset from which the log is to be folded; 0 before any record */
    /* A record that the log must still have, at or after version - 1; valid when version > 0. No
     * canvas is newer than it, so it proves that the log holds what is in them. */
    struct anchor anchor;
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
