/* SPDX-License-Identifier: ISC */
/*
 * authors: header `a` of a record: who made each of its edits, in runs. One byte 1, then runs of
 * (u16 count, u64 author); the counts add up to the number of edits. Pure. See PROTOCOL.md.
 */
#ifndef PLACED_CORE_AUTHORS_H
#define PLACED_CORE_AUTHORS_H

#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

enum {
    AUTHORS_VERSION = 1, /* the first byte */
    AUTHORS_RUN_MAX = UINT16_MAX,
    AUTHORS_RUN_BYTES = 2 + 8,
};

/* Bytes of the header that says one author for n edits. */
static inline size_t authors_bytes(size_t n)
{
    return 1 + (n + AUTHORS_RUN_MAX - 1) / AUTHORS_RUN_MAX * AUTHORS_RUN_BYTES;
}

/* Write the header for n edits of one author: authors_bytes(n) bytes. */
void authors_store(uint8_t *bytes, uint64_t author, size_t n);

/* So many edits of one author. */
struct authors_run {
    uint16_t count; /* at least 1 */
    uint64_t author;
};

/* Write run i of a header, which has 1 + n * AUTHORS_RUN_BYTES bytes for n runs. */
void authors_store_run(uint8_t *bytes, size_t i, struct authors_run run);

/* The same for edits of different authors, one each in `authors`; at most authors_runs_max(n)
 * bytes. Its length. */
size_t authors_store_runs(uint8_t *bytes, const uint64_t *authors, size_t n);

static inline size_t authors_runs_max(size_t n)
{
    return 1 + n * AUTHORS_RUN_BYTES;
}

/* The number of edits that a header speaks of; 0 when it is absent or malformed. A header counts
 * only when this is the record's number of edits. */
size_t authors_count(struct span header);

/* The number of runs of a header that counts, and run i of them. */
static inline size_t authors_runs(struct span header)
{
    return (header.len - 1) / AUTHORS_RUN_BYTES;
}

struct authors_run authors_run(struct span header, size_t i);

/* The author of edit i, which is below authors_count(header). */
uint64_t authors_of(struct span header, size_t i);

#endif
