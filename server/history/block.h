/* SPDX-License-Identifier: ISC */
/*
 * block: a run of one canvas's records as bytes, in columns: format 1 of PROTOCOL.md, "History".
 * The same bytes lie on the disk, go over HTTP, and are hashed. Pure.
 *
 * Versions: the version after a record is its offset + 1; the version before a block's first record
 * is the one after the last record of the block before it.
 */
#ifndef PLACED_HISTORY_BLOCK_H
#define PLACED_HISTORY_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"

enum {
    BLOCK_EDITS = 65536, /* a block is complete with the record that brings it to so many */
    BLOCK_HEAD_BYTES = 64,
    BLOCK_RECORD_BYTES = 8 + 8 + 4, /* of each record, in three columns */
};

/* What the head of a block says. */
struct block_head {
    struct position position;
    uint8_t genesis[GENESIS_BYTES];
    uint64_t number;
    uint64_t from, to; /* versions before the first and after the last record; equal without any */
    uint32_t n_records, n_edits;
};

/* A block that was parsed; points into the bytes, which must outlive it. */
struct block {
    struct block_head head;
    const uint8_t *offsets, *times, *counts; /* the columns, unaligned and little-endian */
    const uint8_t *edits;
};

/* The length of a block. */
static inline size_t block_bytes(uint32_t n_records, uint32_t n_edits)
{
    return BLOCK_HEAD_BYTES + (size_t)n_records * BLOCK_RECORD_BYTES + (size_t)n_edits * 3;
}

/* Check every byte and point at the columns: offsets grow, counts add up, all edits are in range,
 * the length is exactly what the counts say. NULL, or what is wrong in words ("is too short"). */
const char *block_parse(struct block *block, const uint8_t *bytes, size_t len);

/* Does it have the edits of a complete block, no record too many? */
bool block_complete(const struct block *block);

/* Of record i, from 0: the version after it, its time (ms since 1970; -1: unknown), its edits. */
uint64_t block_version(const struct block *block, size_t i);
int64_t block_time(const struct block *block, size_t i);
uint32_t block_count(const struct block *block, size_t i);

/* How many records a canvas of this version has of the block: those whose version after them is
 * not above it. With n of them, the canonical version is block_version(block, n - 1), or head.from
 * for n = 0. */
size_t block_records_at(const struct block *block, uint64_t version);

/* How many records there are up to and with the last one whose time is known and not after time_ms;
 * 0: none. Times may go back where a clock was set. */
size_t block_records_until(const struct block *block, int64_t time_ms);

/* How many edits the first n records have. */
size_t block_edits_of(const struct block *block, size_t n);

/* Paint the edits of the first n records, one colour a byte, CANVAS_PIXELS of them. */
void block_apply(const struct block *block, size_t n, uint8_t *pixels);

/* ---- encoding ---- */

struct block_writer {
    uint8_t *offsets, *times, *counts, *edits; /* where the next record goes */
    uint8_t *bytes;
};

/* Begin a block of the n_records and n_edits that head says, in block_bytes of room at bytes; then
 * add exactly those, in order. head->to is not read: it comes from the records. */
void block_begin(struct block_writer *writer, uint8_t *bytes, const struct block_head *head);
void block_add(struct block_writer *writer, uint64_t offset, int64_t time_ms, const uint8_t *edits,
               uint32_t n);

/* The first n records of a block as a block of their own, with its number: into bytes, of
 * block_bytes(n, block_edits_of(block, n)). */
void block_cut(const struct block *block, size_t n, uint8_t *bytes);

#endif
