/* SPDX-License-Identifier: ISC */
/*
 * ring: the recent edits, and where each record ended. One thread writes, any number read without a
 * lock: a reader copies first and then asks whether what it copied was still there.
 *
 * A position counts edits since the ring began; a cursor is one position. A ring that has become
 * too small is replaced by a larger one in which every position means the same. Pure.
 */
#ifndef PLACED_CORE_RING_H
#define PLACED_CORE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring;

/* The state of the canvas after a record. */
struct ring_mark {
    uint64_t version;
    uint64_t position; /* of the first edit after it */
    uint64_t checksum;
};

enum ring_read {
    RING_READ,
    RING_GONE, /* overwritten: the reader is too far behind */
};

/* Room for 2^edits_log2 edits (4 bytes each) and 2^marks_log2 records (24 bytes each), both at
 * least 2^4. NULL when out of memory. */
struct ring *ring_create(unsigned edits_log2, unsigned marks_log2);
void ring_destroy(struct ring *ring); /* NULL is fine */

/* The memory that such a ring takes, in bytes. */
size_t ring_bytes(unsigned edits_log2, unsigned marks_log2);

/* Writer only. A ring with at least as much room as old, with all that old holds at the same
 * positions. Readers may go on using old, which gets nothing new. NULL when out of memory. */
struct ring *ring_grow(const struct ring *old, unsigned edits_log2, unsigned marks_log2);

/* Writer only. Begin, or begin anew, at a canvas: nobody can resume from before it. */
void ring_begin(struct ring *ring, uint64_t version, uint64_t checksum);

/* Writer only. One more record: n edits (3n bytes, n >= 1), the version and checksum after it.
 * More edits than the ring holds: begin anew. */
void ring_push(struct ring *ring, const uint8_t *edits, size_t n, uint64_t version,
               uint64_t checksum);

/* The newest mark. Any thread. */
struct ring_mark ring_head(const struct ring *ring);

/* Where somebody goes on who has everything before version: the position of the first edit of the
 * first record that is not below it. False when that is before what the ring holds. Any thread. */
bool ring_find(const struct ring *ring, uint64_t version, uint64_t *position);

/* Copy the edits [from, to) as 3 bytes each to edits; *version becomes that of the last record that
 * ends at or before to. from <= to <= ring_head's position. Any thread. */
enum ring_read ring_copy(const struct ring *ring, uint64_t from, uint64_t to, uint8_t *edits,
                         uint64_t *version);

#endif
