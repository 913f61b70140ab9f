/* SPDX-License-Identifier: ISC */
/*
 * reader: drives the log into the reducer: finds the place to begin, proves that the log is the one
 * the checkpoint was made from, folds to the end, then goes on step by step and tells the shards.
 * One thread (or a simulation) calls it.
 */
#ifndef PLACED_PLANE_READER_H
#define PLACED_PLANE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "log/log.h"
#include "plane/reducer.h"

struct shard;

enum reader_result {
    READER_OK,
    READER_FAILED,   /* the log cannot be read: exit code 1 */
    READER_MISMATCH, /* the log is not the one that was folded: exit code 3 */
    READER_STOPPED,  /* *stop was set while folding to the end */
};

enum { READER_SHARDS_MAX = 64 };

struct reader {
    struct log *log; /* for its identity */
    struct log_reader *records;
    struct reducer *reducer;
    struct shard *shards[READER_SHARDS_MAX]; /* to notify */
    size_t n_shards;
    char error[2 * LOG_ERROR_BYTES]; /* of the last result that was not READER_OK */
};

/* From canvas (a checkpoint made of the log `cluster`, `topic`; NULL: from the beginning) to the
 * end of the log; then live. Progress goes to diag every few seconds. */
enum reader_result reader_start(struct reader *reader, const struct canvas *canvas,
                                const char *cluster, const char *topic, const volatile int *stop);

/* Read what is there, or wait up to timeout_ms for something. *delivered counts records. */
enum reader_result reader_step(struct reader *reader, int timeout_ms, size_t *delivered);

#endif
