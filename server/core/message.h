/* SPDX-License-Identifier: ISC */
/* message: what the server says to one client besides edits, and its JSON. Pure. See PROTOCOL.md.
 */
#ifndef PLACED_CORE_MESSAGE_H
#define PLACED_CORE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROTOCOL_NAME "placed.1"

enum message_type {
    MESSAGE_HELLO,    /* version, energy, readonly, online */
    MESSAGE_PLACED,   /* id, version */
    MESSAGE_REFUSED,  /* id, reason, retry_ms */
    MESSAGE_ENERGY,   /* energy */
    MESSAGE_ONLINE,   /* online */
    MESSAGE_CHECKSUM, /* version, checksum */
    MESSAGE_RESET,    /* version */
    MESSAGE_NOTICE,   /* readonly */
};

enum refusal {
    REFUSAL_RANGE,
    REFUSAL_READONLY,
    REFUSAL_BUSY,
    REFUSAL_CLOSED,
    REFUSAL_FAILED,
};

struct message {
    enum message_type type;
    uint32_t id;
    uint32_t retry_ms;
    uint64_t version;
    uint64_t checksum;
    uint64_t online;
    enum refusal reason;
    bool readonly;
    const char *energy; /* policy name */
};

enum { MESSAGE_JSON_BYTES = 256 };

const char *refusal_name(enum refusal reason);

/* The JSON text and its length, without a NUL at the end counted. Always fits. */
size_t message_json(const struct message *message, char json[MESSAGE_JSON_BYTES]);

#endif
