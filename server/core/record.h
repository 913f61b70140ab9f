/* SPDX-License-Identifier: ISC */
/*
 * record: one record of the log: a value of packed edits, and the headers a, o and g.
 * Pure. See PROTOCOL.md, "The log".
 */
#ifndef PLACED_CORE_RECORD_H
#define PLACED_CORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GENESIS_BYTES = 16,
    ORIGIN_BYTES = 16,
    AUTHORS_VERSION = 1, /* first byte of header a */
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
};

/* What a record was, small enough to keep: proof that a log is still the same log. */
struct anchor {
    uint64_t offset;
    int64_t time_ms;
    uint32_t crc; /* CRC-32C of value and headers, as PROTOCOL.md orders them */
};

/* The number of edits in the value, or 0 when the record must be skipped whole (frozen rule). */
size_t record_edits(const struct record *record);

/* False when the header is absent or malformed. */
bool record_origin(const struct record *record, struct origin *origin);

struct anchor record_anchor(const struct record *record);

static inline bool anchor_equal(const struct anchor *a, const struct anchor *b)
{
    return a->offset == b->offset && a->time_ms == b->time_ms && a->crc == b->crc;
}

void origin_store(uint8_t bytes[ORIGIN_BYTES], const struct origin *origin);

#endif
