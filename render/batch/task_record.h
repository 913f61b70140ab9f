/* SPDX-License-Identifier: ISC */
/*
 * task_record: a record of the topics uploads and tiles, as a job of the farm. Records are hostile:
 * others may write to the topics, too. Pure.
 *
 *   uploads  {"id": 64 hex digits}
 *   tiles    {"name": first picture of a job, "batch": 16 hex digits or absent, "n": number of the
 *            job within its batch (grid.h) or absent}
 */
#ifndef PLACED_RENDER_BATCH_TASK_RECORD_H
#define PLACED_RENDER_BATCH_TASK_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/name/picture.h"

enum {
    TASK_RECORD_BYTES = 4096,
    TASK_BATCH_CHARS = 16,
};

struct task_record {
    struct picture first;             /* of the job */
    char batch[TASK_BATCH_CHARS + 1]; /* "": of none */
    uint64_t n;
};

/* NULL, or what is wrong. op: whose group it is. */
const char *task_record_read_upload(struct task_record *record, enum picture_op op,
                                    const uint8_t *value, size_t len);
const char *task_record_read_tile(struct task_record *record, const uint8_t *value, size_t len);

/* The record of a tile, without a final zero; its length. */
size_t task_record_write_tile(char text[TASK_RECORD_BYTES], const struct task_record *record);
size_t task_record_write_upload(char text[TASK_RECORD_BYTES], const struct task_record *record);

/* Is it the id of a batch? */
bool task_record_is_batch(const char *text);

#endif
