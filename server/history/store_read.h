/* SPDX-License-Identifier: ISC */
/*
 * store_read: the files of history, as far as the store shows them. Any thread; blocks on the disk,
 * so not on an event loop. What is read is verified before it is given out; a file that is missing
 * or damaged is reported to the builder, which makes it anew, and the answer is STORE_BAD: ask
 * again after the builder has published.
 */
#ifndef PLACED_HISTORY_STORE_READ_H
#define PLACED_HISTORY_STORE_READ_H

#include "history/store.h"

/* The bytes of a complete block, or of the tail (block == its number) as far as it is visible, in
 * format 1, whole and verified: block_parse does not fail on them. Free *bytes. */
enum store_result store_read_block(struct store *store, struct position position, uint64_t block,
                                   uint8_t **bytes, size_t *len);

/* The tail alone; its head says which number it has. Free *bytes. */
enum store_result store_read_tail(struct store *store, struct position position, uint8_t **bytes,
                                  size_t *len);

/* The canvas before a block, from the nearest keyframe at or below it: paints it (one colour a
 * byte, CANVAS_PIXELS of them), *before is the block before which it stands (apply blocks from
 * *before on). Keyframes stand before every KEYFRAME_BLOCKS-th block; before block 0 the canvas is
 * blank. */
enum store_result store_read_keyframe(struct store *store, struct position position, uint64_t block,
                                      uint8_t *pixels, uint64_t *before);

#endif
