/* SPDX-License-Identifier: ISC */
/*
 * scan: a job's own reading of the log: from an offset to the end, and on as long as the job wants.
 * A broker that goes away and comes back is proved to have the same log. The job's thread, except
 * for what says otherwise.
 */
#ifndef PLACED_MODERATION_SCAN_H
#define PLACED_MODERATION_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"
#include "log/log.h"
#include "plane/fold.h"
#include "plane/reader.h"

enum { SCAN_ERROR_BYTES = 512 };

struct scan;

/* Who gets the records. Embed it. */
struct scan_sink {
    /* Each record once and in order. 0, or -1 with a reason in error: the scan fails. */
    int (*record)(struct scan_sink *sink, const struct record *record,
                  const struct record_edits *edits, char error[FOLD_ERROR_BYTES]);
};

struct scan {
    struct fold fold;
    struct scan_sink *sink;
    struct reader *reader;
    struct log_bounds bounds; /* when it was opened */
    _Atomic uint64_t at;      /* offset of the next record; any thread */
    const volatile int *stop; /* set by another thread: end soon */
    char error[SCAN_ERROR_BYTES];
};

enum scan_result {
    SCAN_OK,
    SCAN_STOPPED,
    SCAN_FAILED, /* the reason is in scan->error */
};

/* Open the log for reading; its bounds are known afterwards. scan_close either way. */
enum scan_result scan_open(struct scan *scan, struct log *log, struct scan_sink *sink,
                           const volatile int *stop);

/* The offset of the first record of that time, or later; see log_reader_offset_at. Before scan_run.
 */
enum scan_result scan_offset_at(struct scan *scan, struct log *log, int64_t time_ms,
                                uint64_t *offset);

/* Give the sink what is in the log now, from an offset on. */
enum scan_result scan_run(struct scan *scan, uint64_t from);

/* Afterwards: give it what is new, or wait up to timeout_ms for something. */
enum scan_result scan_step(struct scan *scan, int timeout_ms, size_t *delivered);

void scan_close(struct scan *scan);

#endif
