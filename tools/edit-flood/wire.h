/* SPDX-License-Identifier: ISC */
/*
 * wire: WebSocket frames as a client sends and receives them. Pure.
 *
 * A client must mask what it sends; the mask is to be unpredictable because of web pages that could
 * otherwise make a browser write bytes of their choice into a proxy. We are no browser, and so use
 * the mask 0, which changes no byte and costs nothing.
 */
#ifndef PLACED_EDIT_FLOOD_WIRE_H
#define PLACED_EDIT_FLOOD_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_opcode {
    WIRE_CONTINUATION = 0,
    WIRE_TEXT = 1,
    WIRE_BINARY = 2,
    WIRE_CLOSE = 8,
    WIRE_PING = 9,
    WIRE_PONG = 10,
};

enum {
    WIRE_HEAD_MAX = 14,                            /* longest head, both ways */
    WIRE_EDITS_MAX = 256,                          /* edits a message */
    WIRE_MESSAGE_MAX = 8 + 4 + 3 * WIRE_EDITS_MAX, /* head and payload of a message of edits */
    WIRE_CONTROL_MAX = 125,                        /* payload of ping, pong and close */
};

struct wire_head {
    uint64_t len; /* of the payload */
    uint8_t opcode;
    uint8_t head_len;
    bool fin;
};

enum wire_parse {
    WIRE_OK,
    WIRE_MORE, /* the head is not whole yet */
    WIRE_BAD,  /* no server may send this */
};

/* The head of a frame from the server, of which `have` bytes are there. */
enum wire_parse wire_head(const uint8_t *bytes, size_t have, struct wire_head *head);

/* A client's frame with that payload (up to 65535 bytes); out holds WIRE_HEAD_MAX + len. The
 * frame's length. */
size_t wire_frame(uint8_t *out, enum wire_opcode opcode, const void *payload, size_t len);

/* A client's message of n edits, 1 to WIRE_EDITS_MAX; out holds WIRE_MESSAGE_MAX. Its length. */
size_t wire_edits(uint8_t *out, uint32_t id, const uint32_t *words, size_t n);

/* The request that opens the WebSocket; fields are more header lines, each with its end; from is
 * NULL or a version. Its length, or 0 when it does not fit. */
size_t wire_upgrade(char *out, size_t room, const char *host, const char *path, const char *fields,
                    const uint64_t *from);

enum wire_answer {
    WIRE_UPGRADED,
    WIRE_UNFINISHED, /* more has to come */
    WIRE_REFUSED,    /* an HTTP answer, but not this one */
};

/* The answer to it: *used bytes belong to it when it is WIRE_UPGRADED, *status is its number. */
enum wire_answer wire_upgraded(const uint8_t *bytes, size_t len, size_t *used, int *status);

#endif
