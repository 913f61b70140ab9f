/* SPDX-License-Identifier: ISC */
/* wire: see wire.h. */
#include "wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/bytes.h"
#include "core/edit.h"

/* The example of RFC 6455: always the same key, so that the right answer is known without SHA-1. It
 * only has to show that the server speaks WebSocket. */
#define KEY    "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum {
    FIN = 0x80,
    RESERVED = 0x70,
    MASKED = 0x80,
    LEN_16 = 126,
    LEN_64 = 127,
    MASK_BYTES = 4,
};

enum wire_parse wire_head(const uint8_t *bytes, size_t have, struct wire_head *head)
{
    if (have < 2)
        return WIRE_MORE;
    uint8_t len = bytes[1] & 0x7f;
    head->fin = bytes[0] & FIN;
    head->opcode = bytes[0] & 0xf;
    head->head_len = len == LEN_16 ? 4 : len == LEN_64 ? 10 : 2;
    bool control = head->opcode >= WIRE_CLOSE;
    if (bytes[0] & RESERVED || bytes[1] & MASKED || head->opcode > WIRE_PONG ||
        (head->opcode > WIRE_BINARY && !control) ||
        (control && (!head->fin || len > WIRE_CONTROL_MAX)))
        return WIRE_BAD;
    if (have < head->head_len)
        return WIRE_MORE;
    head->len = len;
    if (len >= LEN_16) {
        head->len = 0;
        for (unsigned i = 2; i < head->head_len; i++)
            head->len = head->len << 8 | bytes[i];
    }
    return head->len >> 63 ? WIRE_BAD : WIRE_OK;
}

static size_t put_head(uint8_t *out, enum wire_opcode opcode, size_t len)
{
    size_t at = 0;
    out[at++] = (uint8_t)(FIN | opcode);
    if (len < LEN_16) {
        out[at++] = (uint8_t)(MASKED | len);
    } else {
        out[at++] = MASKED | LEN_16;
        out[at++] = (uint8_t)(len >> 8);
        out[at++] = (uint8_t)len;
    }
    memset(out + at, 0, MASK_BYTES);
    return at + MASK_BYTES;
}

size_t wire_frame(uint8_t *out, enum wire_opcode opcode, const void *payload, size_t len)
{
    size_t at = put_head(out, opcode, len);
    if (len > 0)
        memcpy(out + at, payload, len);
    return at + len;
}

size_t wire_edits(uint8_t *out, uint32_t id, const uint32_t *words, size_t n)
{
    size_t at = put_head(out, WIRE_BINARY, 4 + EDIT_BYTES * n);
    store_u32(out + at, id);
    at += 4;
    for (size_t i = 0; i < n; i++, at += EDIT_BYTES)
        edit_store(out + at, words[i]);
    return at;
}

size_t wire_upgrade(char *out, size_t room, const char *host, const char *path, const char *fields,
                    const uint64_t *from)
{
    char query[32] = "";
    if (from)
        snprintf(query, sizeof query, "?from=%" PRIu64, *from);
    int len = snprintf(out, room,
                       "GET %s%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Key: " KEY
                       "\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: placed.1\r\n%s\r\n",
                       path, query, host, fields);
    return len > 0 && (size_t)len < room ? (size_t)len : 0;
}

/* Has the head a line `name: value`? */
static bool has_line(const char *head, const char *name, const char *value)
{
    size_t name_len = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
            continue;
        const char *at = line + name_len + 1;
        at += strspn(at, " \t");
        size_t len = strlen(value);
        if (strncmp(at, value, len) == 0 && (at[len] == '\r' || at[len] == ' '))
            return true;
    }
    return false;
}

enum wire_answer wire_upgraded(const uint8_t *bytes, size_t len, size_t *used, int *status)
{
    *status = 0;
    const uint8_t *end = memmem(bytes, len, "\r\n\r\n", 4);
    if (!end)
        return WIRE_UNFINISHED;
    *used = (size_t)(end - bytes) + 4;
    char head[4096];
    if (*used >= sizeof head)
        return WIRE_REFUSED;
    memcpy(head, bytes, *used);
    head[*used] = '\0';
    if (strncmp(head, "HTTP/1.1 ", 9) == 0)
        *status = atoi(head + 9);
    return *status == 101 && has_line(head, "Sec-WebSocket-Accept", ACCEPT) ? WIRE_UPGRADED
                                                                            : WIRE_REFUSED;
}
