/* SPDX-License-Identifier: ISC */
/* log_found: see log_found.h. */
#include "log_found.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/stop.h"
#include "core/crc32c.h"

enum { POLL_MS = 200 };

uint32_t log_found_crc(struct span value, struct span authors)
{
    return crc32c(crc32c(0, value.data, value.len), authors.data, authors.len);
}

/* The number of a record in the import of this nonce; 0: it is another's. */
static uint64_t batch_of(const struct record *record, uint64_t nonce)
{
    struct origin origin;
    return record_origin(record, &origin) && origin.nonce == nonce ? origin.batch : 0;
}

/* Give records all that the log holds from offset on. 0; -1 with a reason, or without one. */
static int read_from(struct log *log, uint64_t offset, struct log_records *records,
                     const bool *enough, char error[LOG_ERROR_BYTES])
{
    int rc = -1;
    struct log_reader *reader = log_reader_create(log, records, error);
    if (!reader || log_reader_seek(reader, offset, error) != 0)
        goto done;
    while (!log_reader_caught_up(reader) && !*enough) {
        size_t delivered;
        error[0] = '\0';
        if (stop_asked() || log_reader_poll(reader, POLL_MS, &delivered, error) == LOG_FAILED)
            goto done;
    }
    rc = 0;
done:
    log_reader_destroy(reader);
    return rc;
}

/* ---- the end */

struct last {
    struct log_records records; /* first: records are cast to it */
    uint64_t nonce;
    struct log_end *end;
};

static void take_last(struct log_records *records, const struct record *record)
{
    struct last *last = (struct last *)records;
    last->end->has_record = true;
    last->end->offset = record->offset;
    last->end->time_ms = record->time_ms;
    last->end->batch = batch_of(record, last->nonce);
}

int log_end_find(struct log *log, uint64_t nonce, struct log_end *end, char error[LOG_ERROR_BYTES])
{
    static const bool never = false;
    struct last last = {.records.record = take_last, .nonce = nonce, .end = end};
    *end = (struct log_end){0};
    struct log_reader *reader = log_reader_create(log, &last.records, error);
    int rc = reader ? log_reader_bounds(reader, &end->bounds, error) : -1;
    log_reader_destroy(reader);
    if (rc != 0 || end->bounds.high == end->bounds.low)
        return rc;
    return read_from(log, end->bounds.high - 1, &last.records, &never, error);
}

/* ---- all of it */

struct finding {
    struct log_records records; /* first: records are cast to it */
    uint64_t nonce;
    struct log_found *found;
    bool failed;
    char *error;
};

static void take(struct log_records *records, const struct record *record)
{
    struct finding *f = (struct finding *)records;
    struct log_found *found = f->found;
    uint64_t batch = batch_of(record, f->nonce);
    if (f->failed || (batch > 0 && batch <= found->n)) /* delivered again after a reconnection */
        return;
    f->failed = true;
    if (batch != found->n + 1) {
        snprintf(f->error, LOG_ERROR_BYTES,
                 batch == 0 ? "the record at offset %" PRIu64
                              " is not of this import, which began "
                              "before it and has %" PRIu64
                              " records there: something else was "
                              "appended meanwhile, so it cannot go on. Import into a new log"
                            : "the record at offset %" PRIu64 " does not follow record %" PRIu64
                              " of this import: some are missing. Import into a new log",
                 record->offset, found->n);
        return;
    }
    if (found->n == found->room) {
        size_t room = found->room ? 2 * found->room : 4096;
        uint32_t *crcs = realloc(found->crcs, room * sizeof *crcs);
        if (!crcs) {
            snprintf(f->error, LOG_ERROR_BYTES, "no memory");
            return;
        }
        found->crcs = crcs;
        found->room = room;
    }
    if (found->n == 0)
        found->first_time_ms = record->time_ms;
    found->crcs[found->n++] = log_found_crc(record->value, record->authors);
    f->failed = false;
}

int log_found_read(struct log *log, uint64_t nonce, uint64_t first, struct log_found *found,
                   char error[LOG_ERROR_BYTES])
{
    char why[LOG_ERROR_BYTES] = "";
    struct finding f = {.records.record = take, .nonce = nonce, .found = found, .error = why};
    *found = (struct log_found){0};
    int rc = read_from(log, first, &f.records, &f.failed, error);
    if (!f.failed)
        return rc;
    snprintf(error, LOG_ERROR_BYTES, "%s", why);
    return -1;
}

void log_found_finish(struct log_found *found)
{
    free(found->crcs);
    *found = (struct log_found){0};
}
