/* SPDX-License-Identifier: ISC */
/*
 * checkpoint_format: the bytes of a checkpoint's entries, and whether they are whole. Pure.
 *
 * There are two kinds of entry, all integers little-endian. Entry of a canvas, under the key "c",
 * i16 gx, i16 gy; 500,032 bytes:
 *
 *       0   4  CRC-32C of all that follows
 *       4   4  format: 2
 *       8   4  i16 gx, i16 gy: again, so that an entry under a wrong key is noticed
 *      12   4  0
 *      16   8  version of the canvas
 *      24   8  checksum of the canvas (PROTOCOL.md, "Checksum")
 *      32 500,000  pixels, two a byte, row by row, the left one in the high half (as in the PNG)
 *
 * Entry of the plane, under the key "p"; 400 bytes:
 *
 *       0   4  CRC-32C of all that follows
 *       4   4  format: 2
 *       8   4  CRC-32C of the palette: red, green, blue of each of the 16 colours
 *      12   4  1 when the plane has been saved as a whole, 0 during the first save
 *      16   8  version of the plane: the offset from which the log is to be folded
 *      24   8  anchor (a record not before that version's last, nor before a canvas's): offset
 *      32   8  anchor: time, ms
 *      40   4  anchor: CRC-32C
 *      44   4  1 when the genesis id is known, else 0
 *      48  16  genesis id, or zeros
 *      64   4  number of canvases
 *      68   4  CRC-32C of the first 4 bytes of each canvas, in the order of the keys
 *      72  64  the log's cluster id, padded with NUL
 *     136 256  the log's topic, padded with NUL
 *     392   8  0
 *
 * To change anything, raise the format: a checkpoint of another format is dropped, which costs one
 * full fold of the log at the next start.
 */
#ifndef PLACED_DERIVED_CHECKPOINT_FORMAT_H
#define PLACED_DERIVED_CHECKPOINT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "derived/checkpoint_contents.h"

enum {
    CANVAS_KEY_BYTES = 5,
    CANVAS_ENTRY_BYTES = 500032,
    PLANE_KEY_BYTES = 1,
    PLANE_ENTRY_BYTES = 400,
};

/* What the plane's entry says about the canvases' entries. Begin with zeros. */
struct checkpoint_digest {
    uint32_t n, crc;
    uint64_t newest; /* version of a canvas; not in the entry, which says as much by its anchor */
};

void canvas_key(uint8_t key[CANVAS_KEY_BYTES], struct position position);

void canvas_entry_encode(uint8_t *entry, const struct checkpoint_canvas *canvas);

/* Why the bytes cannot be believed, or NULL when they are whole. The CRC tells of the disk; that
 * the checksum fits the pixels tells of whoever wrote them. */
const char *canvas_entry_fault(const uint8_t *key, size_t key_len, const uint8_t *entry,
                               size_t len);

/* Of a whole entry: position, version and checksum; the pixels as one byte each into pixels. */
struct checkpoint_canvas canvas_entry_head(const uint8_t *entry);
void canvas_entry_pixels(const uint8_t *entry, uint8_t *pixels);

/* Add an entry, in the order of the keys. */
void checkpoint_digest_add(struct checkpoint_digest *digest, const uint8_t *entry);

/* `complete` as in the layout; plane may be NULL while it is not. */
void plane_entry_encode(uint8_t *entry, const struct checkpoint_plane *plane, bool complete,
                        struct checkpoint_digest digest);

/* Let other canvases belong to an entry: their digest, and the record that proves them. anchor may
 * be NULL when the entry is not complete. */
void plane_entry_set_canvases(uint8_t *entry, struct checkpoint_digest digest,
                              const struct anchor *anchor);

/* The same for the plane, given what its canvases' entries add up to. */
const char *plane_entry_fault(const uint8_t *entry, size_t len, struct checkpoint_digest digest);

/* False when the plane has never been saved as a whole. */
bool plane_entry_decode(const uint8_t *entry, struct checkpoint_plane *plane);

#endif
