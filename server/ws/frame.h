/* SPDX-License-Identifier: ISC */
/* frame: the frames of RFC 6455: the headers that we write, and what libwebsockets does not check
 * in those of a client. Pure. */
#ifndef PLACED_WS_FRAME_H
#define PLACED_WS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame_opcode {
    FRAME_TEXT = 1,
    FRAME_BINARY = 2,
    FRAME_CLOSE = 8,
    FRAME_PING = 9,
};

enum {
    FRAME_HEADER_OURS_MAX = 10, /* bytes of a header that we write: without a mask */
    FRAME_HEADER_MAX = 14,      /* of any, mask included */
    FRAME_CONTROL_MAX = 125,    /* of the payload of a close or a ping */
};

/* The header of a whole, unmasked frame with a payload of len bytes: its length. */
size_t frame_header(uint8_t header[FRAME_HEADER_OURS_MAX], enum frame_opcode opcode, size_t len);

/* Was the frame of opcode (text or binary) whose payload of frame_len bytes begins at payload sent
 * without a mask? The FRAME_HEADER_MAX bytes before payload are readable and hold its header, or,
 * when the header came in an earlier read, anything: then the answer is false but for a chance of
 * 2^-15. */
bool frame_unmasked(const uint8_t *payload, uint64_t frame_len, unsigned opcode);

#endif
