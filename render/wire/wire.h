/* SPDX-License-Identifier: ISC */
/*
 * wire: what the farm and a child say to each other, over a SOCK_SEQPACKET Unix socket pair that is
 * the child's descriptor 3. All numbers are little-endian. A message is one packet, at most
 * WIRE_PACKET_BYTES; pictures larger than that are sent in pieces.
 *
 *   child -> farm   READY    u8 1                        once, when it can take tasks
 *   farm -> child   TASK     u8 2, u8 place, u8 0, u8 0, name of the job's first picture (no final
 *                            zero); with SCM_RIGHTS the input's descriptor when there is one.
 *                            place: the picture of the job that is answered first
 *   child -> farm   PIECE    u8 3, u8 place, u8 last, u8 0, bytes: the next bytes of one picture,
 *                            one at least; last: 1 when the picture is complete. One picture after
 *                            the other
 *   child -> farm   DONE     u8 4, u8 0, u8 0, u8 0, u32 processor time in microseconds
 *   child -> farm   FAILED   u8 5, u8 0, u8 0, u8 0, a reason for people, at most 200 bytes
 *
 * Whatever a child sends that is something else is an error, and the end of the child: it works on
 * hostile input and is not trusted.
 */
#ifndef PLACED_RENDER_WIRE_WIRE_H
#define PLACED_RENDER_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WIRE_FD = 3,
    WIRE_HEAD_BYTES = 4,
    WIRE_PACKET_BYTES = 64 * 1024,
    WIRE_PICTURE_MAX = 64 * 1024 * 1024, /* bytes of one encoded picture */
    WIRE_REASON_MAX = 200,
    WIRE_HEAD_MAX = 8, /* of DONE */
};

enum wire_type {
    WIRE_READY = 1,
    WIRE_TASK,
    WIRE_PIECE,
    WIRE_DONE,
    WIRE_FAILED,
};

/* A message, without the descriptor of a TASK. Members that its type does not have are zero. */
struct wire_message {
    enum wire_type type;
    unsigned place;  /* TASK, PIECE */
    bool last;       /* PIECE */
    uint32_t cpu_us; /* DONE */
    /* TASK: a name of 1 to PICTURE_NAME_BYTES - 1 bytes; PIECE: at least one byte; FAILED: a
     * reason, whose bytes may be anything. In the packet that was read. */
    const uint8_t *bytes;
    size_t len;
};

/* Read a packet. False: it is not a message, or one with too much or too little in it. */
bool wire_read(struct wire_message *message, const uint8_t *packet, size_t len);

/* The bytes that stand before message->bytes; returns how many. */
size_t wire_head(const struct wire_message *message, uint8_t head[WIRE_HEAD_MAX]);

#endif
