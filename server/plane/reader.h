/* SPDX-License-Identifier: ISC */
/*
 * reader: drives the log into the folds. Finds the place to begin, proves that the log is the one
 * that was folded before, reads to its end, then goes on step by step. Each fold gets each record
 * from its own offset on, once and in order. One thread (or a simulation) calls it.
 */
#ifndef PLACED_PLANE_READER_H
#define PLACED_PLANE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/log.h"
#include "plane/fold.h"

struct reader;

enum reader_result {
    READER_OK,
    READER_FAILED,   /* the log cannot be read, or a fold cannot go on: exit code 1 */
    READER_MISMATCH, /* the log is not the one that was folded: exit code 3 */
    READER_STOPPED,  /* *stop was set while reading to the end */
};

/* What was folded before this start, so that the log can be proved to be the same one. */
struct reader_proof {
    struct anchor anchor; /* of the last record that was folded */
    const char *cluster, *topic;
};

enum { READER_FOLDS_MAX = 8 };

/* A reader of this log, which must outlive it. NULL with a reason in error. */
struct reader *reader_create(struct log *log, char error[LOG_ERROR_BYTES]);
void reader_destroy(struct reader *reader); /* NULL is fine */

/* One more fold; records go to the folds in the order in which they were added. Before
 * reader_start; at most READER_FOLDS_MAX. */
void reader_add(struct reader *reader, struct fold *fold);

/* Say nothing of progress and reconnections: the reader of the canvases does, of the same log.
 * Before reader_start. */
void reader_silence(struct reader *reader);

/* What the log still has. Before reader_start: afterwards Kafka answers it late. 0, or -1 with a
 * reason in error. */
int reader_bounds(struct reader *reader, struct log_bounds *bounds, char error[LOG_ERROR_BYTES]);

/* The first record at or after a time, as log_reader_offset_at finds it. Likewise before
 * reader_start. */
int reader_offset_at(struct reader *reader, int64_t time_ms, uint64_t *offset,
                     char error[LOG_ERROR_BYTES]);

/* Prove the log (NULL: nothing was folded before) and read from the least offset that a fold needs
 * to the end; then all folds are live. Progress goes to diag every few seconds. */
enum reader_result reader_start(struct reader *reader, const struct reader_proof *proof,
                                const volatile int *stop);

/* Read what is there, or wait up to timeout_ms for something. *delivered counts records. */
enum reader_result reader_step(struct reader *reader, int timeout_ms, size_t *delivered);

/* Let a reader_step that waits return soon. Any thread. */
void reader_wake(struct reader *reader);

/* What was wrong at the last result that was not READER_OK. */
const char *reader_error(const struct reader *reader);

#endif
