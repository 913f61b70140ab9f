/* SPDX-License-Identifier: ISC */
/* fake_log: see fake_log.h. */
#include "fake_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_reader {
    struct log_reader reader; /* first */
    struct fake_log *fake;
    uint64_t next;
};

static struct fake_log *of_reader(struct log_reader *reader)
{
    return ((struct fake_reader *)reader)->fake;
}

static int bounds(struct log_reader *reader, struct log_bounds *bounds, char error[LOG_ERROR_BYTES])
{
    *bounds = (struct log_bounds){of_reader(reader)->low, of_reader(reader)->high};
    return 0;
}

static int seek(struct log_reader *reader, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    struct fake_log *fake = of_reader(reader);
    ((struct fake_reader *)reader)->next = offset;
    snprintf(error, LOG_ERROR_BYTES, "fake: %s", "no such place");
    return fake->no_seek || offset < fake->low || offset > fake->high ? -1 : 0;
}

static enum log_event poll(struct log_reader *reader, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES])
{
    struct fake_reader *r = (struct fake_reader *)reader;
    struct fake_log *fake = r->fake;
    enum log_event event = fake->next;
    *delivered = 0;
    fake->next = LOG_OK;
    if (event == LOG_FAILED)
        snprintf(error, LOG_ERROR_BYTES, "fake: it is broken");
    for (; event == LOG_OK && r->next < fake->high; r->next++, ++*delivered) {
        const char *value = fake->records[r->next].value;
        struct record record = {.offset = r->next,
                                .time_ms = fake->records[r->next].time_ms,
                                .value = {(const uint8_t *)value, strlen(value)}};
        r->reader.records->record(r->reader.records, &record);
    }
    return event;
}

static bool caught_up(struct log_reader *reader)
{
    return ((struct fake_reader *)reader)->next >= of_reader(reader)->high;
}

static void wake(struct log_reader *reader)
{
}

static void destroy_reader(struct log_reader *reader)
{
    free(reader);
}

static struct log_reader *reader_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    static const struct log_reader_ops ops = {.bounds = bounds,
                                              .seek = seek,
                                              .poll = poll,
                                              .caught_up = caught_up,
                                              .wake = wake,
                                              .destroy = destroy_reader};
    struct fake_reader *reader = calloc(1, sizeof *reader);
    reader->reader.ops = &ops;
    reader->fake = (struct fake_log *)log;
    return &reader->reader;
}

/* ---- writing */

static struct fake_log *of_writer(struct log_writer *writer)
{
    return (struct fake_log *)writer->log;
}

static enum log_append append(struct log_writer *writer, const struct log_batch *batch)
{
    struct fake_log *fake = of_writer(writer);
    fake->outcomes = writer->outcomes;
    if (fake->answer == LOG_ACCEPTED)
        fake->last = batch->origin;
    return fake->answer;
}

static enum log_state state(struct log_writer *writer)
{
    return of_writer(writer)->state;
}

static size_t record_max(struct log_writer *writer)
{
    return LOG_RECORD_MAX;
}

static void flush(struct log_writer *writer, int timeout_ms)
{
}

static void destroy_writer(struct log_writer *writer)
{
    free(writer);
}

static struct log_writer *writer_create(struct log *log, char error[LOG_ERROR_BYTES])
{
    static const struct log_writer_ops ops = {.append = append,
                                              .state = state,
                                              .record_max = record_max,
                                              .flush = flush,
                                              .destroy = destroy_writer};
    struct log_writer *writer = calloc(1, sizeof *writer);
    writer->ops = &ops;
    writer->log = log;
    return writer;
}

void fake_log_init(struct fake_log *fake)
{
    static const struct log_ops ops = {.reader_create = reader_create,
                                       .writer_create = writer_create};
    *fake = (struct fake_log){
        .log.ops = &ops, .next = LOG_OK, .answer = LOG_ACCEPTED, .state = LOG_WRITABLE};
}

void fake_log_add(struct fake_log *fake, const char *value)
{
    fake->records[fake->high].value = value;
    fake->records[fake->high].time_ms = 1000 + (int64_t)fake->high;
    fake->high++;
}
