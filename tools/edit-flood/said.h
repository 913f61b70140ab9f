/* SPDX-License-Identifier: ISC */
/* said: what the server says as text: a JSON object with a type. Pure. */
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

enum {
    SAID_REASON_BYTES = 16,
    SAID_GENESIS_BYTES = 32 + 1,
};

struct said {
    enum said_type type;
    bool has_version, has_id, has_sum, has_genesis;
    uint64_t version;
    uint64_t sum;
    uint64_t id;
    uint64_t retry_ms;
    char reason[SAID_REASON_BYTES];   /* "" when there was none; cut when too long */
    char genesis[SAID_GENESIS_BYTES]; /* "" when the log has none yet, or it is not 32 digits */
};

/* False when it is not an object with a type. */
bool said_parse(const char *text, size_t len, struct said *said);

#endif
