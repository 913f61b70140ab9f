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
 *   child -> farm   PIECE    u8 3, u8 place, u8 last, u8 0, bytes: the next bytes of one picture;
 *                            last: 1 when the picture is complete. One picture after the other
 *   child -> farm   DONE     u8 4, u8 0, u8 0, u8 0, u32 processor time in microseconds
 *   child -> farm   FAILED   u8 5, u8 0, u8 0, u8 0, a reason for people, at most 200 bytes
 *
 * Whatever a child sends that is something else is an error, and the end of the child: it works on
 * hostile input and is not trusted.
 */
#ifndef PLACED_RENDER_WIRE_WIRE_H
#define PLACED_RENDER_WIRE_WIRE_H

enum {
    WIRE_FD = 3,
    WIRE_HEAD_BYTES = 4,
    WIRE_PACKET_BYTES = 64 * 1024,
    WIRE_PICTURE_MAX = 64 * 1024 * 1024, /* bytes of one encoded picture */
    WIRE_REASON_MAX = 200,
};

enum wire_type {
    WIRE_READY = 1,
    WIRE_TASK,
    WIRE_PIECE,
    WIRE_DONE,
    WIRE_FAILED,
};

#endif
