/* SPDX-License-Identifier: ISC */
/*
 * record: one record of the log: a value of packed edits of one canvas, and the headers a, o,
 * g and e. Pure. See PROTOCOL.md, "The log".
 */
#ifndef PLACED_CORE_RECORD_H
#define PLACED_CORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"

enum {
    GENESIS_BYTES = 16,
    ORIGIN_BYTES = 16,
};

/* Bytes that belong to somebody else. data is NULL when the thing is absent. */
struct span {
    const uint8_t *data;
    size_t len;
};

/* Who appended a record, so that the server knows its own batch when it comes back. */
struct origin {
    uint64_t nonce; /* random, one an intake and run */
    uint64_t batch; /* counts from 1 */
};

/* A record as it was read. The spans live as long as the callback that shows it. */
struct record {
    uint64_t offset;
    int64_t time_ms; /* when the log took it, ms since 1970; -1: unknown */
    struct span value;
    struct span authors; /* header a, raw */
    struct span origin;  /* header o, raw */
    struct span genesis; /* header g, raw */
    struct span energy;  /* header e, raw */
};

/* What a record was, small enough to keep: proof that a log is still the same log. */
struct anchor {
    uint64_t offset;
    int64_t time_ms;
    uint32_t crc; /* CRC-32C of value and headers, as PROTOCOL.md orders them */
};

/* What a record does: n edits (3n bytes) of one canvas. */
struct record_edits {
    struct position position;
    const uint8_t *edits; /* in the record's value */
    size_t n;             /* 0: the record is skipped whole */
};

/* The frozen rule: a value of 3n bytes is edits of the canvas at (0, 0); one of 4 + 3n begins with
 * the canvas's position. Anything else, and any edit or position out of range: skipped whole. */
struct record_edits record_edits(const struct record *record);

/* False when the header is absent or malformed. */
bool record_origin(const struct record *record, struct origin *origin);

struct anchor record_anchor(const struct record *record);

static inline bool anchor_equal(const struct anchor *a, const struct anchor *b)
{
    return a->offset == b->offset && a->time_ms == b->time_ms && a->crc == b->crc;
}

void origin_store(uint8_t bytes[ORIGIN_BYTES], const struct origin *origin);

#endif
