/* SPDX-License-Identifier: ISC */
/*
 * difference: a place in the history where something is not as it should be: as precise as is
 * known, down to the edit, with what was expected there and what was found.
 */
#ifndef PLACED_TOOLS_DIFFERENCE_H
#define PLACED_TOOLS_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"

enum {
    DIFFERENCE_VALUE_BYTES = 160,
    DIFFERENCE_TEXT_BYTES = 480,
};

struct difference {
    bool has_position, has_block, has_offset, has_edit;
    struct position position;
    uint64_t block;
    uint64_t offset; /* of the record */
    size_t edit;     /* in the record, from 0 */
    const char *what;
    char expected[DIFFERENCE_VALUE_BYTES], found[DIFFERENCE_VALUE_BYTES];
};

/* Begin one: what is a short noun that lives on, such as "SHA-256". */
void difference_at_canvas(struct difference *difference, struct position position,
                          const char *what);
void difference_at_block(struct difference *difference, struct position position, uint64_t block,
                         const char *what);

/* Set both values; each returns false, so that a check can end with it. */
bool difference_u64(struct difference *difference, uint64_t expected, uint64_t found);
bool difference_i64(struct difference *difference, int64_t expected, int64_t found);
bool difference_text(struct difference *difference, const char *expected, const char *found);
bool difference_bytes(struct difference *difference, const uint8_t *expected, const uint8_t *found,
                      size_t n);
bool difference_edit(struct difference *difference, const uint8_t *expected, const uint8_t *found);

/* "canvas (0, 0), block 3: SHA-256: expected ..., found ..."; returns text. */
const char *difference_say(const struct difference *difference, char text[DIFFERENCE_TEXT_BYTES]);

#endif
