/* SPDX-License-Identifier: ISC */
/*
 * message: what the server says to one client besides edits, and its JSON. Each type of message and
 * each reason of a refusal is one row of a table here. Pure. See PROTOCOL.md, "WebSocket".
 */
#ifndef PLACED_CORE_MESSAGE_H
#define PLACED_CORE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"

#define PROTOCOL_NAME "placed.1"

/* X(name of the enumerator, type in the JSON). message.c has a function write_<type> for each. */
#define MESSAGE_TYPES(X)                                                                           \
    X(HELLO, hello)       /* version, energy, user, readonly, online, genesis, canvas, open */     \
    X(PLACED, placed)     /* id, version */                                                        \
    X(REFUSED, refused)   /* id, reason, retry_ms, until_ms, words */                              \
    X(ENERGY, energy)     /* energy */                                                             \
    X(ONLINE, online)     /* online */                                                             \
    X(CHECKSUM, checksum) /* version, checksum */                                                  \
    X(RESET, reset)       /* version */                                                            \
    X(NOTICE, notice)     /* readonly */                                                           \
    X(RULES, rules)       /* serial, open */

/* X(name of the enumerator, reason in the JSON, retry_ms: when the client may try again by itself
 * and 0 for never, unless the message brings its own, status of the answer to POST /edit). */
#define REFUSALS(X)                                                                                \
    X(RANGE, range, 0, 400)                                                                        \
    X(LOCKED, locked, 0, 403)                                                                      \
    X(READONLY, readonly, 1000, 503)                                                               \
    X(BUSY, busy, 1000, 429)                                                                       \
    X(CLOSED, closed, 0, 503)                                                                      \
    X(FAILED, failed, 0, 503)                                                                      \
    X(ENERGY, energy, 0, 429)                                                                      \
    X(NETWORK, network, 0, 429)                                                                    \
    X(RATE, rate, 0, 429)                                                                          \
    X(BANNED, banned, 0, 403)                                                                      \
    X(AREA, area, 0, 403)                                                                          \
    X(COLOUR, colour, 0, 403)                                                                      \
    X(FROZEN, frozen, 0, 403)                                                                      \
    X(IDENTITY, identity, 0, 401)                                                                  \
    X(YOUNG, young, 0, 403)

enum message_type {
#define X(name, type) MESSAGE_##name,
    MESSAGE_TYPES(X)
#undef X
};

enum refusal {
#define X(name, reason, retry_ms, status) REFUSAL_##name,
    REFUSALS(X)
#undef X
};

enum {
    MESSAGE_WORDS_MAX = 63, /* bytes of a refusal's words */
    MESSAGE_CURVE_MAX = 16, /* numbers of an energy's curve */
};

/* What a client may draw: see PROTOCOL.md, "Energy". */
struct message_energy {
    const char *policy;
    uint32_t capacity, blank, painted; /* milliseconds. Capacity 0: nothing is counted */
    int64_t energy;                    /* now; below 0: debt */
    const uint32_t *curve;             /* n_curve of them; NULL: none */
    size_t n_curve;
};

struct message {
    enum message_type type;
    uint32_t id;
    uint64_t version;
    uint64_t checksum;
    uint64_t online;
    enum refusal reason;
    uint64_t retry_ms; /* of the refusal; 0: what its reason says */
    int64_t until_ms;  /* of what stands in the way, since 1970; 0: unknown */
    const char *words; /* of those who put it there; NULL or "": none */
    uint64_t serial;   /* of the rules */
    const char *user;  /* the client's pseudonym; NULL: it has none */
    bool readonly;
    bool open;        /* the canvas takes edits */
    bool has_genesis; /* else the log has no record yet */
    uint8_t genesis[GENESIS_BYTES];
    struct position canvas;
    struct message_energy energy;
};

enum { MESSAGE_JSON_BYTES = 800 };

const char *message_type_name(enum message_type type);
unsigned refusal_status(enum refusal reason);

/* When the client of this MESSAGE_REFUSED may try again by itself; 0: it shall not. */
uint64_t message_retry_ms(const struct message *refused);

/* The same as the answer to POST /edit: {"error":...} with its reason, and what the message says
 * besides. Its length, likewise. */
size_t message_error_json(const struct message *refused, char json[MESSAGE_JSON_BYTES]);

/* The JSON text and its length, without a NUL at the end counted. Always fits. */
size_t message_json(const struct message *message, char json[MESSAGE_JSON_BYTES]);

#endif
