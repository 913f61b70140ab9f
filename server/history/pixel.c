/* SPDX-License-Identifier: ISC */
/* pixel: backwards through the blocks, and through each. */
#include "history/pixel.h"

#include <stdlib.h>

#include "core/bytes.h"
#include "core/edit.h"
#include "history/store_read.h"

enum {
    PLACE = (1 << 20) - 1, /* of an edit: x and y */
    STRIDE = 8,            /* edits in three words of 64 bits */
};

size_t pixel_last(const uint8_t *edits, size_t n, uint32_t place)
{
    size_t i = n;
    for (; i % STRIDE != 0; i--) {
        if ((edit_load(edits + EDIT_BYTES * (i - 1)) & PLACE) == place)
            return i - 1;
    }
    /* Most are not on it: all eight are looked at without a jump. */
    for (; i > 0; i -= STRIDE) {
        const uint8_t *at = edits + EDIT_BYTES * (i - STRIDE);
        uint64_t a = load_u64(at), b = load_u64(at + 8), c = load_u64(at + 16);
        unsigned here = ((a & PLACE) == place) | ((a >> 24 & PLACE) == place) << 1 |
                        (((a >> 48 | b << 16) & PLACE) == place) << 2 |
                        ((b >> 8 & PLACE) == place) << 3 | ((b >> 32 & PLACE) == place) << 4 |
                        (((b >> 56 | c << 8) & PLACE) == place) << 5 |
                        ((c >> 16 & PLACE) == place) << 6 | ((c >> 40 & PLACE) == place) << 7;
        if (here)
            return i - STRIDE + (size_t)(31 - __builtin_clz(here));
    }
    return n;
}

void pixel_find_in_block(const struct block *block, uint32_t place, struct pixel_changes *changes)
{
    /* The record of an edit is found by going back through the records beside the edits. */
    size_t record = block->head.n_records, first = block->head.n_edits;
    size_t at = block->head.n_edits, found;
    while (changes->n < changes->room && (found = pixel_last(block->edits, at, place)) < at) {
        while (found < first)
            first -= block_count(block, --record);
        uint32_t word = edit_load(block->edits + EDIT_BYTES * found);
        changes->list[changes->n++] = (struct pixel_change){.version = block_version(block, record),
                                                            .time_ms = block_time(block, record),
                                                            .index = (uint32_t)(found - first),
                                                            .colour = (uint8_t)edit_colour(word)};
        at = found;
    }
}

enum store_result pixel_find(struct store *store, struct position position, uint32_t x, uint32_t y,
                             struct pixel_changes *changes)
{
    uint8_t *bytes;
    size_t len;
    uint64_t number = 0;
    changes->n = 0;
    changes->whole = false;
    enum store_result result = store_read_tail(store, position, &bytes, &len);
    while (result == STORE_OK) {
        struct block block;
        if (block_parse(&block, bytes, len) != NULL) {
            store_report(store);
            result = STORE_BAD;
        } else {
            pixel_find_in_block(&block, edit_pack(x, y, 0), changes);
            number = block.head.number;
            changes->whole = number == 0 && changes->n < changes->room;
        }
        free(bytes);
        if (result != STORE_OK || number == 0 || changes->n == changes->room ||
            changes->blocks == 0)
            break;
        changes->blocks--;
        result = store_read_block(store, position, number - 1, &bytes, &len);
        if (result == STORE_NONE) /* it was there a moment ago */
            result = STORE_BAD;
    }
    return result;
}
