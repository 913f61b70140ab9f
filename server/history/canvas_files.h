/* SPDX-License-Identifier: ISC */
/*
 * canvas_files: blocks and keyframes of a canvas as files: whole when they are written, verified
 * when they are read. Any thread; blocks on the disk.
 */
#ifndef PLACED_HISTORY_CANVAS_FILES_H
#define PLACED_HISTORY_CANVAS_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "history/disk.h"
#include "history/keyframe.h"
#include "history/row.h"

enum files_result {
    FILES_OK,
    FILES_BAD, /* missing, damaged, or of another history */
    FILES_NO_MEMORY,
};

/* The bytes of complete block `number`, which are those of its row. Free *bytes. */
enum files_result canvas_files_block(const struct disk *disk, struct position position,
                                     uint64_t number, const struct store_row *row, uint8_t **bytes);

/* The pixels of the keyframe before block `number`; before: the row of the block before that. */
enum files_result canvas_files_keyframe(const struct disk *disk, struct position position,
                                        uint64_t number, const struct store_row *before,
                                        uint8_t *pixels);

/* Paint block `number` over the pixels. */
enum files_result canvas_files_apply(const struct disk *disk, struct position position,
                                     uint64_t number, const struct store_row *row, uint8_t *pixels);

/* Write the keyframe before block `number`, a multiple of KEYFRAME_BLOCKS and not 0, from the
 * keyframe before it and the blocks in between; rows: of blocks 0 to number - 1. FILES_BAD: one of
 * them is. -1 with errno: it could not be written. */
int canvas_files_make_keyframe(const struct disk *disk, struct position position, uint64_t number,
                               const struct store_row *rows, enum files_result *result);

#endif
