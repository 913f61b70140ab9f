/* SPDX-License-Identifier: ISC */
/* log: passes each call on to the implementation, and sees to what they have in common. */
#include "log/log.h"

#include <stdio.h>

struct log_identity log_identify(struct log *log)
{
    return log->ops->identify(log);
}

void log_close(struct log *log)
{
    if (log)
        log->ops->close(log);
}

struct log_writer *log_writer_create(struct log *log, struct log_outcomes *outcomes,
                                     char error[LOG_ERROR_BYTES])
{
    if (log->has_writer) {
        snprintf(error, LOG_ERROR_BYTES, "the log has a writer already");
        return NULL;
    }
    struct log_writer *writer = log->ops->writer_create(log, error);
    if (writer) {
        log->has_writer = true;
        writer->log = log;
        writer->outcomes = outcomes;
    }
    return writer;
}

enum log_times log_keeps_times(struct log *log)
{
    return log->ops->keeps_times(log);
}

enum log_append log_writer_append(struct log_writer *writer, const struct log_batch *batch)
{
    if (log_batch_bytes(batch) > writer->ops->record_max(writer))
        return LOG_TOO_LARGE;
    return writer->ops->append(writer, batch);
}

enum log_state log_writer_state(struct log_writer *writer)
{
    return writer->ops->state(writer);
}

size_t log_writer_record_max(struct log_writer *writer)
{
    return writer->ops->record_max(writer);
}

void log_writer_flush(struct log_writer *writer, int timeout_ms)
{
    writer->ops->flush(writer, timeout_ms);
}

void log_writer_destroy(struct log_writer *writer)
{
    if (!writer)
        return;
    writer->log->has_writer = false;
    writer->ops->destroy(writer);
}

struct log_reader *log_reader_create(struct log *log, struct log_records *records,
                                     char error[LOG_ERROR_BYTES])
{
    struct log_reader *reader = log->ops->reader_create(log, error);
    if (reader)
        reader->records = records;
    return reader;
}

int log_reader_bounds(struct log_reader *reader, struct log_bounds *bounds,
                      char error[LOG_ERROR_BYTES])
{
    return reader->ops->bounds(reader, bounds, error);
}

int log_reader_offset_at(struct log_reader *reader, int64_t time_ms, uint64_t *offset,
                         char error[LOG_ERROR_BYTES])
{
    return reader->ops->offset_at(reader, time_ms, offset, error);
}

int log_reader_seek(struct log_reader *reader, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    return reader->ops->seek(reader, offset, error);
}

enum log_event log_reader_poll(struct log_reader *reader, int timeout_ms, size_t *delivered,
                               char error[LOG_ERROR_BYTES])
{
    return reader->ops->poll(reader, timeout_ms, delivered, error);
}

bool log_reader_caught_up(struct log_reader *reader)
{
    return reader->ops->caught_up(reader);
}

void log_reader_wake(struct log_reader *reader)
{
    reader->ops->wake(reader);
}

void log_reader_destroy(struct log_reader *reader)
{
    if (reader)
        reader->ops->destroy(reader);
}
