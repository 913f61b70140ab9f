/* SPDX-License-Identifier: ISC */
/*
 * log_out: nothing is appended after a record that failed. The lock is held over the look at
 * `failed` and the append, and outcomes take it: so a log that has refused a record, and is
 * writable again a moment later, gets none of those that would have come after it.
 */
#include "log_out.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/stop.h"
#include "core/authors.h"
#include "core/edit.h"
#include "pacer.h"
#include "sys/clock.h"

enum {
    WAIT_MS = 100,   /* between two looks at stop_asked */
    FLUSH_MS = 8000, /* at the end of a run that was stopped */
};

struct log_out {
    struct batches batches; /* first: batches are cast to it */
    struct log_outcomes outcomes;
    struct log_out_config config;
    struct log_writer *writer;
    uint8_t genesis[GENESIS_BYTES];
    uint64_t number; /* of the last batch */
    uint64_t n_found, n_appended;
    struct pacer pacer;
    char error[LOG_OUT_ERROR_BYTES];

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t settled;
    uint64_t in_flight;
    bool failed;
    enum log_outcome failure;
    uint64_t failed_number;
};

static struct log_out *of_batches(struct batches *batches)
{
    return (struct log_out *)batches;
}

static void on_outcome(struct log_outcomes *outcomes, struct origin origin,
                       enum log_outcome outcome)
{
    struct log_out *out =
        (struct log_out *)(void *)((char *)outcomes - offsetof(struct log_out, outcomes));
    pthread_mutex_lock(&out->lock);
    out->in_flight--;
    if (outcome != LOG_COMMITTED && !out->failed) {
        out->failed = true;
        out->failure = outcome;
        out->failed_number = origin.batch;
    }
    pthread_cond_broadcast(&out->settled);
    pthread_mutex_unlock(&out->lock);
}

/* With the lock. */
static int say_failed(struct log_out *out)
{
    snprintf(out->error, sizeof out->error,
             "record %" PRIu64 " %s: run the same command again, it goes on where the log ends",
             out->failed_number,
             out->failure == LOG_REFUSED ? "was not appended (the log says why)"
                                         : "has no known outcome");
    return -1;
}

/* ---- one batch */

static int compare(struct log_out *out, const struct batch *batch)
{
    out->n_found += batch->n;
    if (log_found_crc(batch->value, batch->authors) == out->config.found->crcs[out->number - 1])
        return 0;
    snprintf(out->error, sizeof out->error,
             "record %" PRIu64
             " of this import is in the log with other edits: the files or the "
             "options are not those it began with. Give the same, or import into a new log",
             out->number);
    return -1;
}

/* Until the batch's time has come. -1: stop. */
static int pace(struct log_out *out, const struct batch *batch)
{
    for (int64_t left; (left = pacer_left_ms(&out->pacer, batch->time_ms, clock_now_ms())) > 0;) {
        if (stop_asked())
            return -1;
        clock_pause_ms(left < WAIT_MS ? left : WAIT_MS);
    }
    return 0;
}

/* Give it to the log, waiting while that has no room or cannot be written. */
static int append(struct log_out *out, const struct log_batch *batch)
{
    int rc = 0;
    bool taken = false;
    pthread_mutex_lock(&out->lock);
    while (!taken && rc == 0) {
        if (out->failed) {
            rc = say_failed(out);
        } else if (stop_asked()) {
            rc = -1;
        } else {
            enum log_append result = log_writer_append(out->writer, batch);
            taken = result == LOG_ACCEPTED;
            if (result == LOG_TOO_LARGE) {
                snprintf(out->error, sizeof out->error,
                         "a record of %zu bytes is more than the log takes: give --batch less",
                         batch->value.len + batch->authors.len);
                rc = -1;
            } else if (!taken) {
                clock_wait(&out->settled, &out->lock, clock_now_ms() + WAIT_MS);
            }
        }
    }
    out->in_flight += taken;
    pthread_mutex_unlock(&out->lock);
    return rc;
}

static int on_batch(struct batches *batches, const struct batch *batch)
{
    struct log_out *out = of_batches(batches);
    bool paced = out->config.speed > 0;
    out->number++;
    if (out->number <= out->config.found->n)
        return stop_asked() ? -1 : compare(out, batch);
    if (paced && pace(out, batch) != 0)
        return -1;
    const struct log_batch record = {
        .value = batch->value,
        .authors = batch->authors,
        .origin = {.nonce = out->config.nonce, .batch = out->number},
        .genesis = out->config.empty && out->number == 1 ? out->genesis : NULL,
        .time_ms = paced            ? 0
                   : batch->time_ms ? batch->time_ms
                                    : out->config.first_ms,
    };
    int rc = append(out, &record);
    if (rc == 0)
        out->n_appended += batch->n;
    return rc;
}

/* ---- the whole */

struct log_out *log_out_create(const struct log_out_config *config, char error[LOG_OUT_ERROR_BYTES])
{
    struct log_out *out = calloc(1, sizeof *out);
    if (!out) {
        snprintf(error, LOG_OUT_ERROR_BYTES, "no memory");
        return NULL;
    }
    out->batches.batch = on_batch;
    out->outcomes.outcome = on_outcome;
    out->config = *config;
    out->pacer.speed = config->speed;
    pthread_mutex_init(&out->lock, NULL);
    clock_cond_init(&out->settled);
    if (getrandom(out->genesis, sizeof out->genesis, 0) != (ssize_t)sizeof out->genesis)
        snprintf(error, LOG_OUT_ERROR_BYTES, "the system has no random numbers");
    else
        out->writer = log_writer_create(config->log, &out->outcomes, error);
    if (out->writer)
        return out;
    log_out_destroy(out);
    return NULL;
}

void log_out_destroy(struct log_out *out)
{
    if (!out)
        return;
    if (out->writer)
        log_writer_flush(out->writer, FLUSH_MS);
    log_writer_destroy(out->writer);
    pthread_cond_destroy(&out->settled);
    pthread_mutex_destroy(&out->lock);
    free(out);
}

struct batches *log_out_batches(struct log_out *out)
{
    return &out->batches;
}

size_t log_out_edits_max(struct log_out *out, bool authors)
{
    size_t bytes = log_writer_record_max(out->writer) - POSITION_BYTES - 1;
    return bytes / (EDIT_BYTES + (authors ? AUTHORS_RUN_BYTES : 0));
}

int log_out_finish(struct log_out *out)
{
    int rc = 0;
    pthread_mutex_lock(&out->lock);
    while (rc == 0 && out->in_flight > 0 && !out->failed) {
        clock_wait(&out->settled, &out->lock, clock_now_ms() + WAIT_MS);
        rc = stop_asked() ? -1 : 0;
    }
    if (out->failed)
        rc = say_failed(out);
    pthread_mutex_unlock(&out->lock);
    if (rc == 0 && out->number < out->config.found->n) {
        snprintf(out->error, sizeof out->error,
                 "the log holds %" PRIu64 " records of this import, which has only %" PRIu64
                 ": the files are not those it began with",
                 out->config.found->n, out->number);
        rc = -1;
    }
    return rc;
}

const char *log_out_error(const struct log_out *out)
{
    return out->error;
}

uint64_t log_out_found(const struct log_out *out)
{
    return out->n_found;
}

uint64_t log_out_appended(const struct log_out *out)
{
    return out->n_appended;
}

uint64_t log_out_records(const struct log_out *out)
{
    return out->number;
}
