/* SPDX-License-Identifier: ISC */
/*
 * said: what the server says as text, a flat JSON object, read without allocating: a flood of
 * refusals must cost little. Pure.
 */
#ifndef PLACED_EDIT_FLOOD_SAID_H
#define PLACED_EDIT_FLOOD_SAID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum said_type {
    SAID_HELLO,
    SAID_PLACED,
    SAID_REFUSED,
    SAID_CHECKSUM,
    SAID_RESET,
    SAID_OTHER, /* of no interest here, or of a later protocol */
};

enum { SAID_REASON_BYTES = 16 };

struct said {
    enum said_type type;
    bool has_version, has_id, has_sum;
    uint64_t version;
    uint64_t sum;
    uint64_t id;
    uint64_t retry_ms;
    char reason[SAID_REASON_BYTES]; /* "" when there was none; cut when too long */
};

/* False when it is not an object with a type. */
bool said_parse(const char *text, size_t len, struct said *said);

#endif
