/* SPDX-License-Identifier: ISC */
/* scan: a reader of the plane's log with one fold, which hands on what it gets. */
#include "moderation/scan.h"

#include <stdio.h>

static int on_record(struct fold *fold, const struct fold_record *record,
                     char error[FOLD_ERROR_BYTES])
{
    struct scan *scan = (struct scan *)((char *)fold - offsetof(struct scan, fold));
    scan->at = record->record->offset + 1;
    return scan->sink->record(scan->sink, record->record, &record->edits, error);
}

static const struct fold_ops fold_ops = {.record = on_record};

/* The fold of log_reader_offset_at, which delivers nothing. */
static void no_record(struct log_records *records, const struct record *record)
{
}

static enum scan_result fail(struct scan *scan, const char *why)
{
    snprintf(scan->error, sizeof scan->error, "%s", why);
    return SCAN_FAILED;
}

static enum scan_result result_of(struct scan *scan, enum reader_result result)
{
    switch (result) {
    case READER_OK:
        return SCAN_OK;
    case READER_STOPPED:
        return SCAN_STOPPED;
    case READER_MISMATCH:
    case READER_FAILED:
        break;
    }
    return fail(scan, reader_error(scan->reader));
}

enum scan_result scan_open(struct scan *scan, struct log *log, struct scan_sink *sink,
                           const volatile int *stop)
{
    char error[LOG_ERROR_BYTES];
    *scan = (struct scan){.fold.ops = &fold_ops, .sink = sink, .stop = stop};
    scan->reader = reader_create(log, error);
    if (!scan->reader)
        return fail(scan, error);
    reader_silence(scan->reader);
    reader_add(scan->reader, &scan->fold);
    if (reader_bounds(scan->reader, &scan->bounds, error) != 0)
        return fail(scan, error);
    return SCAN_OK;
}

enum scan_result scan_offset_at(struct scan *scan, struct log *log, int64_t time_ms,
                                uint64_t *offset)
{
    char error[LOG_ERROR_BYTES];
    struct log_records nobody = {no_record};
    struct log_reader *reader = log_reader_create(log, &nobody, error);
    int found = reader ? log_reader_offset_at(reader, time_ms, offset, error) : -1;
    log_reader_destroy(reader);
    return found == 0 ? SCAN_OK : fail(scan, error);
}

enum scan_result scan_run(struct scan *scan, uint64_t from)
{
    if (from < scan->bounds.low) {
        snprintf(scan->error, sizeof scan->error,
                 "the log begins at offset %llu, and what was before is needed",
                 (unsigned long long)scan->bounds.low);
        return SCAN_FAILED;
    }
    scan->fold.from = from;
    scan->at = from;
    return result_of(scan, reader_start(scan->reader, NULL, scan->stop));
}

enum scan_result scan_step(struct scan *scan, int timeout_ms, size_t *delivered)
{
    return result_of(scan, reader_step(scan->reader, timeout_ms, delivered));
}

void scan_close(struct scan *scan)
{
    reader_destroy(scan->reader);
    scan->reader = NULL;
}
