/* SPDX-License-Identifier: ISC */
/* message: fixed formats; no value in them ever needs JSON escapes. */
#include "core/message.h"

#include <inttypes.h>
#include <stdio.h>

const char *refusal_name(enum refusal reason)
{
    static const char *const names[] = {
        [REFUSAL_RANGE] = "range",   [REFUSAL_READONLY] = "readonly", [REFUSAL_BUSY] = "busy",
        [REFUSAL_CLOSED] = "closed", [REFUSAL_FAILED] = "failed",
    };
    return names[reason];
}

static const char *truth(bool value)
{
    return value ? "true" : "false";
}

size_t message_json(const struct message *m, char json[MESSAGE_JSON_BYTES])
{
    int n = 0;
    switch (m->type) {
    case MESSAGE_HELLO:
        n = snprintf(json, MESSAGE_JSON_BYTES,
                     "{\"type\":\"hello\",\"protocol\":\"" PROTOCOL_NAME "\",\"version\":%" PRIu64
                     ",\"energy\":{\"policy\":\"%s\"},\"user\":null,\"readonly\":%s,"
                     "\"online\":%" PRIu64 "}",
                     m->version, m->energy, truth(m->readonly), m->online);
        break;
    case MESSAGE_PLACED:
        n = snprintf(json, MESSAGE_JSON_BYTES,
                     "{\"type\":\"placed\",\"id\":%" PRIu32 ",\"version\":%" PRIu64 "}", m->id,
                     m->version);
        break;
    case MESSAGE_REFUSED:
        n = snprintf(json, MESSAGE_JSON_BYTES,
                     "{\"type\":\"refused\",\"id\":%" PRIu32
                     ",\"reason\":\"%s\",\"retry_ms\":%" PRIu32 "}",
                     m->id, refusal_name(m->reason), m->retry_ms);
        break;
    case MESSAGE_ENERGY:
        n = snprintf(json, MESSAGE_JSON_BYTES, "{\"type\":\"energy\",\"policy\":\"%s\"}",
                     m->energy);
        break;
    case MESSAGE_ONLINE:
        n = snprintf(json, MESSAGE_JSON_BYTES, "{\"type\":\"online\",\"count\":%" PRIu64 "}",
                     m->online);
        break;
    case MESSAGE_CHECKSUM:
        n = snprintf(json, MESSAGE_JSON_BYTES,
                     "{\"type\":\"checksum\",\"version\":%" PRIu64 ",\"sum\":\"%016" PRIx64 "\"}",
                     m->version, m->checksum);
        break;
    case MESSAGE_RESET:
        n = snprintf(json, MESSAGE_JSON_BYTES, "{\"type\":\"reset\",\"version\":%" PRIu64 "}",
                     m->version);
        break;
    case MESSAGE_NOTICE:
        n = snprintf(json, MESSAGE_JSON_BYTES, "{\"type\":\"notice\",\"readonly\":%s}",
                     truth(m->readonly));
        break;
    }
    return (size_t)n;
}
