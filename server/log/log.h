/* SPDX-License-Identifier: ISC */
/*
 * log: the one ordered log that everything is folded from, behind one interface.
 * Implementations: log_kafka (a Kafka partition), log_local (LMDB), log_memory (tests, simulation).
 *
 * Threads: one reader thread calls log_seek and log_poll; any thread may call log_append,
 * log_state and log_wake. log_outcome_fn is called from a thread of the implementation's choice.
 */
#ifndef PLACED_LOG_LOG_H
#define PLACED_LOG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"

struct log;

/* One append: n edits (3n bytes), copied before log_append returns. */
struct log_batch {
    const uint8_t *edits;
    size_t n;                /* 1 to LOG_BATCH_MAX */
    const uint64_t *authors; /* n author ids for header a, or NULL for no such header */
    struct origin origin;    /* header o */
    const uint8_t *genesis;  /* GENESIS_BYTES for header g, or NULL for no such header */
};

enum {
    LOG_BATCH_MAX = 65536, /* edits a record that we write; Kafka's 1 MB bounds it with authors */
    LOG_ERROR_BYTES = 256,
    LOG_FLIGHT_BATCHES = 1024,           /* accepted and without outcome; more is LOG_FULL */
    LOG_FLIGHT_BYTES = 16 * 1024 * 1024, /* of records, likewise */
};

enum log_append {
    LOG_ACCEPTED, /* an outcome will follow, exactly one */
    LOG_FULL,     /* nothing taken: too much is in flight. No outcome follows */
    LOG_READONLY, /* nothing taken: the log cannot be written at the moment. No outcome follows */
};

enum log_outcome {
    LOG_COMMITTED, /* durable; it will be (or has been) read back */
    LOG_REFUSED,   /* not in the log and never will be */
    LOG_UNKNOWN,   /* may appear or not: only reading tells */
};

enum log_state {
    LOG_WRITABLE,
    LOG_STALLED, /* read-only: appends do not come through at the moment. Recovers by itself */
};

/* What log_poll found besides records. */
enum log_event {
    LOG_OK,
    LOG_RECONNECTED, /* the connection was lost and is back: seek to the last anchor and verify */
    LOG_FAILED,      /* the log cannot be read any further (out of range, corrupt, I/O error) */
};

/* Whom the log tells. Embed it and find yourself by its address. */
struct log_sink {
    /* In log order, from log_poll, on the reader's thread. The record lives until it returns. */
    void (*record)(struct log_sink *sink, const struct record *record);
    /* Once an accepted batch, from any thread, possibly before or after its record is read, in any
     * order. May call log_append. */
    void (*outcome)(struct log_sink *sink, struct origin origin, enum log_outcome outcome);
};

/* Which log this is. Strings are owned by the log. */
struct log_identity {
    const char *cluster; /* Kafka's cluster id; of an embedded log its own random id, in hex */
    const char *topic;   /* Kafka's topic; "local" for the embedded log */
};

struct log_bounds {
    uint64_t low;  /* offset of the oldest record that can still be read */
    uint64_t high; /* offset that the next record will get, or more */
};

/* The sink must outlive the log. Call before the first log_seek or log_append. */
void log_set_sink(struct log *log, struct log_sink *sink);

struct log_identity log_identify(struct log *log);

/* Ask the log for its bounds; may block (bounded, seconds). 0, or -1 with a message in error. */
int log_bounds(struct log *log, struct log_bounds *bounds, char error[LOG_ERROR_BYTES]);

/* Deliver from offset on: the next record delivered is the first one at or after it. Reader's
 * thread. 0, or -1 with a message in error: outside the log's bounds. May be called again at any
 * time, but not from log_sink.record. Where the bounds cannot be asked for at the moment, a bad
 * offset shows in log_poll as LOG_FAILED. */
int log_seek(struct log *log, uint64_t offset, char error[LOG_ERROR_BYTES]);

/* Deliver what is there (bounded: some thousand records a call), or wait up to timeout_ms for
 * something. Reader's thread. *delivered counts the records. On LOG_FAILED a message is in error.
 */
enum log_event log_poll(struct log *log, int timeout_ms, size_t *delivered,
                        char error[LOG_ERROR_BYTES]);

/* Has everything been delivered that was in the log at the last log_seek? Reader's thread. */
bool log_caught_up(struct log *log);

/* Let a log_poll that waits in another thread return soon. Any thread. */
void log_wake(struct log *log);

/* Take one batch, in order with the others of this thread. Never blocks on I/O. Any thread. */
enum log_append log_append(struct log *log, const struct log_batch *batch);

/* Any thread; cheap. */
enum log_state log_state(struct log *log);

/* Give what is in flight up to timeout_ms to come through; then every outcome has been told
 * (LOG_UNKNOWN for what had none). Nothing can be appended afterwards (LOG_READONLY). Not from
 * log_sink.outcome. */
void log_flush(struct log *log, int timeout_ms);

/* log_flush if that was not done, then release everything. NULL is fine. */
void log_destroy(struct log *log);

/* ---- for implementations only: each has a struct that begins with struct log ---- */

struct log_ops {
    struct log_identity (*identify)(struct log *log);
    int (*bounds)(struct log *log, struct log_bounds *bounds, char error[LOG_ERROR_BYTES]);
    int (*seek)(struct log *log, uint64_t offset, char error[LOG_ERROR_BYTES]);
    enum log_event (*poll)(struct log *log, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES]);
    bool (*caught_up)(struct log *log);
    void (*wake)(struct log *log);
    enum log_append (*append)(struct log *log, const struct log_batch *batch);
    enum log_state (*state)(struct log *log);
    void (*flush)(struct log *log, int timeout_ms);
    void (*destroy)(struct log *log);
};

struct log {
    const struct log_ops *ops;
    struct log_sink *sink;
};

#endif
