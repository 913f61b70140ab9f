/* SPDX-License-Identifier: ISC */
/*
 * tail: the block of a canvas that is not complete yet, record after record: the same bytes in
 * memory and in its working file, so that it goes on to the disk by appending. The beginning may be
 * on the disk alone. Pure: the file is somebody else's business.
 *
 * A record in it: u32 CRC-32C of what follows, begun with the tail's seed; u32 n; u64 offset; i64
 * time; 3n bytes of edits. The seed is made of everything that comes before the tail, so that a
 * file of another history has no good record.
 */
#ifndef PLACED_HISTORY_TAIL_H
#define PLACED_HISTORY_TAIL_H

#include <stddef.h>
#include <stdint.h>

#include "history/row.h"

struct tail {
    struct store_tail info;
    uint32_t seed;
    size_t dropped; /* bytes at the beginning that are only in the file */
    size_t written; /* bytes that are in the file; at least dropped */
    uint8_t *bytes; /* from dropped on */
    size_t len, room;
};

/* An empty one: block number `block`, which begins at version `from` after `chain` (NULL for block
 * 0). What the tail held is gone. */
void tail_begin(struct tail *tail, struct position position, const uint8_t genesis[GENESIS_BYTES],
                uint64_t block, uint64_t from, const uint8_t *chain);
void tail_finish(struct tail *tail); /* frees; all zero again */

/* One more record. 0, or -1 without memory: nothing was changed then. */
int tail_add(struct tail *tail, uint64_t offset, int64_t time_ms, const uint8_t *edits, uint32_t n);

/* All of it, the dropped part too. */
static inline size_t tail_length(const struct tail *tail)
{
    return tail->dropped + tail->len;
}

/* Keep only what is not in the file. */
void tail_drop(struct tail *tail);

struct tail_record {
    uint64_t offset;
    int64_t time_ms;
    uint32_t n;
    const uint8_t *edits;
};

/* The record at bytes: its length, or 0 when it is torn or damaged. */
size_t tail_record_at(uint32_t seed, const uint8_t *bytes, size_t len, struct tail_record *record);

/* Records as a block of format 1: exactly what info counts, in len bytes. Malloced into *block,
 * *block_len. 0; 1 when the bytes are not those of info; -1 without memory. */
int tail_to_block(const struct store_tail *info, uint32_t seed, struct position position,
                  const uint8_t genesis[GENESIS_BYTES], const uint8_t *bytes, size_t len,
                  uint8_t **block, size_t *block_len);

#endif
