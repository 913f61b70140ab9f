/* SPDX-License-Identifier: ISC */
/*
 * row: what is known of a block and of a canvas without reading its blocks, and the bytes of a
 * complete block's row in the file `rows` of its canvas. Pure.
 */
#ifndef PLACED_HISTORY_ROW_H
#define PLACED_HISTORY_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "history/block.h"
#include "history/digest.h"

/* A complete block. */
struct store_row {
    uint64_t from, to;
    uint32_t records, edits;
    int64_t time, time_to; /* of the first and the last record; -1: unknown */
    int64_t time_least;    /* the least known time in it, INT64_MAX: none. time_to may be less than
                              time, and even less than others, where a clock was set back */
    uint64_t bytes;
    uint32_t crc; /* CRC-32C of its bytes */
    uint8_t sha256[DIGEST_BYTES], chain[DIGEST_BYTES];
};

/* The block that is not complete yet. */
struct store_tail {
    uint64_t block; /* its number: as many are complete */
    uint64_t from, to;
    uint32_t records, edits;
    int64_t time, time_to, time_least; /* -1, -1, INT64_MAX without records */
};

/* A canvas that was ever painted, at one moment. */
struct store_canvas {
    struct position position;
    uint64_t version;  /* = tail.to */
    uint64_t edits;    /* since the log's beginning */
    uint64_t n_blocks; /* complete ones: 0 to n_blocks - 1 */
    struct store_tail tail;
};

enum { ROW_BYTES = 144 };

/* The row of a complete block's bytes; chain_before: of the block before it, NULL for the first. */
struct store_row row_of(const struct block *block, const uint8_t *bytes, size_t len,
                        const uint8_t *chain_before);

/* The row of block number `block` as bytes. */
void row_encode(uint8_t bytes[ROW_BYTES], uint64_t block, const struct store_row *row);

/* False: damaged, of another block, or not a link of the chain. chain_before as in row_of. */
bool row_decode(const uint8_t bytes[ROW_BYTES], uint64_t block, const uint8_t *chain_before,
                struct store_row *row);

#endif
