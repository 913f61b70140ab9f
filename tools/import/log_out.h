/* SPDX-License-Identifier: ISC */
/*
 * log_out: batches become the records of a log, in their order and without a gap, whatever happens.
 * What is in the log already is compared and not appended again.
 *
 * One thread; outcomes come from the log's own.
 */
#ifndef PLACED_IMPORT_LOG_OUT_H
#define PLACED_IMPORT_LOG_OUT_H

#include "batcher.h"
#include "log/log.h"
#include "log_found.h"

enum { LOG_OUT_ERROR_BYTES = 512 };

struct log_out;

struct log_out_config {
    struct log *log;
    uint64_t nonce;
    const struct log_found *found; /* what need not be appended; outlives it */
    bool empty;                    /* the log had no record before record 1 */
    int64_t first_ms;              /* the time of batches without one; 0: the log's own */
    double speed; /* 0: at once, with the batches' times; else so many times as fast
                     as they were, with the log's own time */
};

/* NULL with a reason in error. */
struct log_out *log_out_create(const struct log_out_config *config,
                               char error[LOG_OUT_ERROR_BYTES]);
void log_out_destroy(struct log_out *out); /* NULL is fine; waits for outcomes for some seconds */

/* For a batcher. It stops when stop_asked() says so; see log_out_error. */
struct batches *log_out_batches(struct log_out *out);

/* How many edits a record may have, when each has another author. */
size_t log_out_edits_max(struct log_out *out, bool authors);

/* Wait until all of it is in the log for good. 0; -1, see log_out_error. */
int log_out_finish(struct log_out *out);

/* Why it ended; "" when it was told to stop. */
const char *log_out_error(const struct log_out *out);

/* Edits that are (or will be, unless it fails) in the log: found there, and appended. */
uint64_t log_out_found(const struct log_out *out);
uint64_t log_out_appended(const struct log_out *out);
uint64_t log_out_records(const struct log_out *out); /* of both */

#endif
