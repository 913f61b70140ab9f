/* SPDX-License-Identifier: ISC */
/*
 * log: one ordered log of records, behind one interface. Open it (log_open in log/open.h), then
 * make a writer that appends to it and as many readers as are needed, each with its own place.
 *
 * A record is bytes: a value and the headers a, o, g and e (PROTOCOL.md, "The log"). The log does
 * not know what a value means.
 *
 * Threads. struct log: log_identify from any thread; the rest from one thread at a time. A writer:
 * any thread, except where it says otherwise. A reader: all calls from one thread at a time, except
 * log_reader_wake, which any thread may call. Readers and the writer of one log do not wait for
 * each other. Destroy the readers and the writer before the log.
 *
 * Errors. A function that can fail returns -1 or NULL and writes the reason, a sentence without a
 * final stop, into error. It has then changed nothing.
 *
 * Failures, the same for every implementation:
 *
 * - Appends do not come through for the moment (disk or address space full; no broker, no leader,
 *   no progress for two seconds; the producer has failed and is replaced; the broker takes no
 *   record of LOG_RECORD_MIN): the writer is LOG_STALLED, and takes nothing. What is in flight
 *   gets LOG_REFUSED if it is certainly not in the log and never will be, else LOG_UNKNOWN; at
 *   once, or when a batch times out (10 s). It recovers without a call once appends come through
 *   again.
 * - A record is larger than the broker takes: LOG_REFUSED for that record, log_writer_record_max
 *   shrinks, and the next ones are taken.
 * - What is on the disk is not known, because a write failed (EIO): the process ends with status
 *   1, and no outcome is reported. The next one opens what was last committed.
 * - A reader lost its connection and has it back: LOG_RECONNECTED, once. Nothing that was fetched
 *   before is delivered, because the log behind the new connection may be another one.
 * - What is stored cannot be trusted (a wrong checksum, a record missing, an offset that is no
 *   longer there): LOG_FAILED at every poll, until a seek succeeds. The caller decides.
 *
 * The implementation repeats by itself what can be repeated without a record appearing twice. The
 * caller never repeats an append whose outcome is LOG_UNKNOWN.
 */
#ifndef PLACED_LOG_LOG_H
#define PLACED_LOG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

enum {
    LOG_ERROR_BYTES = 256,
    LOG_RECORD_MAX =
        900000,            /* bytes of value, header a and header e of a record that we write; with
                              what surrounds it, it fits into the 1 MB that Kafka takes by default */
    LOG_RECORD_MIN = 1024, /* what every log that can be written takes: a client's message, which
                              is never cut, fits into it */
    LOG_FLIGHT_BATCHES = 1024,           /* accepted and without outcome; more is LOG_FULL */
    LOG_FLIGHT_BYTES = 16 * 1024 * 1024, /* of records, likewise */
};

/* ---- the log ---- */

struct log;

/* Which log this is. The strings are owned by the log. */
struct log_identity {
    const char *cluster; /* Kafka's cluster id; of an embedded log its own random id, in hex */
    const char *topic;   /* Kafka's topic; "local" for the embedded log */
};

struct log_identity log_identify(struct log *log);

/* Release everything. Its readers and its writer must be gone. NULL is fine. */
void log_close(struct log *log);

/* Does the log keep the times that batches bring? */
enum log_times {
    LOG_TIMES_KEPT,
    LOG_TIMES_ITS_OWN, /* every record gets the time at which it is appended */
    LOG_TIMES_UNKNOWN, /* the broker does not say: read a record back */
};

/* As the topic was set when the log was opened. */
enum log_times log_keeps_times(struct log *log);

/* ---- writing ---- */

struct log_writer;

/* One append, which becomes one record. Everything is copied before log_writer_append returns. */
struct log_batch {
    struct span value;      /* at least 1 byte */
    struct span authors;    /* header a as it is written; data is NULL for no such header */
    struct span energy;     /* header e, likewise */
    struct origin origin;   /* header o */
    const uint8_t *genesis; /* GENESIS_BYTES for header g, or NULL for no such header */
    int64_t time_ms;        /* of the record, ms since 1970, for what happened before it is
                               appended. 0: the log's own clock. Only a request: a Kafka topic with
                               message.timestamp.type=LogAppendTime has its broker's clock alone, see
                               log_keeps_times */
};

enum log_append {
    LOG_ACCEPTED,  /* exactly one outcome will follow */
    LOG_FULL,      /* nothing taken: too much is in flight. No outcome follows */
    LOG_READONLY,  /* nothing taken: the log cannot be written at the moment. No outcome follows */
    LOG_TOO_LARGE, /* nothing taken: larger than log_writer_record_max. No outcome follows */
};

enum log_outcome {
    LOG_COMMITTED, /* durable; it will be (or has been) read back */
    LOG_REFUSED,   /* not in the log and never will be */
    LOG_UNKNOWN,   /* may appear or not: only reading shows */
};

enum log_state {
    LOG_WRITABLE,
    LOG_STALLED, /* read-only: appends do not come through at the moment. Recovers by itself */
};

/* Who learns how appends fared. Embed it and find yourself by its address. */
struct log_outcomes {
    /* Once for each accepted batch, from any thread (also from within log_writer_append of another
     * thread), before or after its record is read, in any order. May call log_writer_append, and
     * nothing else of this writer. */
    void (*outcome)(struct log_outcomes *outcomes, struct origin origin, enum log_outcome outcome);
};

/* Make the log's writer; a log has one at a time. outcomes must outlive it. Waits, at most 10 s,
 * until the log can be written; a log that still cannot is LOG_STALLED, which is not an error. NULL
 * with a reason in error. */
struct log_writer *log_writer_create(struct log *log, struct log_outcomes *outcomes,
                                     char error[LOG_ERROR_BYTES]);

/* Take one batch, in order with the others of this thread. Never blocks on I/O. Any thread. */
enum log_append log_writer_append(struct log_writer *writer, const struct log_batch *batch);

/* Any thread; cheap. */
enum log_state log_writer_state(struct log_writer *writer);

/* How many bytes value, header a and header e together may have, LOG_RECORD_MIN to LOG_RECORD_MAX.
 * Changes while the log is open, when the broker turns out to take less than it said. Any thread;
 * cheap. */
size_t log_writer_record_max(struct log_writer *writer);

/* Give what is in flight up to timeout_ms to come through; when it returns, every outcome has been
 * reported (LOG_UNKNOWN for what had none). Nothing can be appended afterwards (LOG_READONLY). Not
 * from log_outcomes.outcome. */
void log_writer_flush(struct log_writer *writer, int timeout_ms);

/* log_writer_flush if that was not done, then release it. NULL is fine. */
void log_writer_destroy(struct log_writer *writer);

/* ---- reading ---- */

struct log_reader;

/* Who is given the records. Embed it and find yourself by its address. */
struct log_records {
    /* In log order, from log_reader_poll, on its thread. The record lives until this returns. A
     * record can be delivered again after a seek or a reconnection: compare offsets. Must not call
     * this reader. */
    void (*record)(struct log_records *records, const struct record *record);
};

/* What log_reader_poll found besides records. */
enum log_event {
    LOG_OK,
    LOG_RECONNECTED, /* the connection was lost and is back, and the log behind it may be another
                        one: seek to a record that is known, and compare it */
    LOG_FAILED,      /* the log cannot be read on from here; the reason is in error */
};

struct log_bounds {
    uint64_t low;  /* offset of the oldest record that can still be read */
    uint64_t high; /* offset that the next record will get, or more */
};

/* A reader without a place: seek before the first poll. records must outlive it. Any number of them
 * can read one log, also while its writer appends. Does not wait for a broker. NULL with a reason
 * in error. */
struct log_reader *log_reader_create(struct log *log, struct log_records *records,
                                     char error[LOG_ERROR_BYTES]);

/* Ask the log for its bounds; blocks for some seconds at most. 0, or -1 with a reason in error. */
int log_reader_bounds(struct log_reader *reader, struct log_bounds *bounds,
                      char error[LOG_ERROR_BYTES]);

/* Find the first record whose time is time_ms or later; its offset in *offset, or the log's end
 * when there is none. Blocks for some seconds at most. 0, or -1 with a reason in error.
 *
 * Where a clock was set back, times in a log go back and pass time_ms at several places. Then the
 * result is one of them: a record at or after time_ms that is the log's first or follows one before
 * time_ms; or the end, if the last record is before time_ms. */
int log_reader_offset_at(struct log_reader *reader, int64_t time_ms, uint64_t *offset,
                         char error[LOG_ERROR_BYTES]);

/* Deliver from offset on: the next record delivered is the first one at or after it. Blocks for
 * some seconds at most. 0, or -1 with a reason in error when it is outside the log's bounds. Where
 * the bounds cannot be asked for at the moment, a bad offset shows in log_reader_poll as
 * LOG_FAILED. */
int log_reader_seek(struct log_reader *reader, uint64_t offset, char error[LOG_ERROR_BYTES]);

/* Deliver what is there (bounded: some thousand records a call), or wait up to timeout_ms for
 * something. *delivered counts the records. On LOG_FAILED a reason is in error. */
enum log_event log_reader_poll(struct log_reader *reader, int timeout_ms, size_t *delivered,
                               char error[LOG_ERROR_BYTES]);

/* Has everything been delivered that was in the log at the last seek? */
bool log_reader_caught_up(struct log_reader *reader);

/* Let this reader's poll that waits return, or its next one if none waits. Other readers are
 * not disturbed. Any thread. */
void log_reader_wake(struct log_reader *reader);

void log_reader_destroy(struct log_reader *reader); /* NULL is fine */

/* ---- for implementations: each has structs that begin with these ---- */

struct log_ops {
    struct log_identity (*identify)(struct log *log);
    enum log_times (*keeps_times)(struct log *log);
    struct log_writer *(*writer_create)(struct log *log, char error[LOG_ERROR_BYTES]);
    struct log_reader *(*reader_create)(struct log *log, char error[LOG_ERROR_BYTES]);
    void (*close)(struct log *log);
};

struct log_writer_ops {
    enum log_append (*append)(struct log_writer *writer, const struct log_batch *batch);
    enum log_state (*state)(struct log_writer *writer);
    size_t (*record_max)(struct log_writer *writer);
    void (*flush)(struct log_writer *writer, int timeout_ms);
    void (*destroy)(struct log_writer *writer);
};

struct log_reader_ops {
    int (*bounds)(struct log_reader *reader, struct log_bounds *bounds,
                  char error[LOG_ERROR_BYTES]);
    int (*offset_at)(struct log_reader *reader, int64_t time_ms, uint64_t *offset,
                     char error[LOG_ERROR_BYTES]);
    int (*seek)(struct log_reader *reader, uint64_t offset, char error[LOG_ERROR_BYTES]);
    enum log_event (*poll)(struct log_reader *reader, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES]);
    bool (*caught_up)(struct log_reader *reader);
    void (*wake)(struct log_reader *reader);
    void (*destroy)(struct log_reader *reader);
};

/* What counts for the limits of a record and of what is in flight. */
static inline size_t log_batch_bytes(const struct log_batch *batch)
{
    return batch->value.len + batch->authors.len + batch->energy.len;
}

/* An implementation sets ops; log.c sets the rest. */

struct log {
    const struct log_ops *ops;
    bool has_writer;
};

struct log_writer {
    const struct log_writer_ops *ops;
    struct log *log;
    struct log_outcomes *outcomes;
};

struct log_reader {
    const struct log_reader_ops *ops;
    struct log_records *records;
};

#endif
