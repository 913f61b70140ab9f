/* SPDX-License-Identifier: ISC */
/*
 * intake: one batch is being gathered, up to IN_FLIGHT wait for the log. Batch numbers grow by one;
 * batches live in a circular array by number. Settled strictly oldest first, because `placed` is
 * cumulative: it must not pass a message whose outcome is still open.
 *
 * The lock guards what other threads touch: the range of numbers in flight and how each fared.
 */
#include "session/intake.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "session/session.h"
#include "session/shard.h"

enum {
    IN_FLIGHT = 64, /* batches, a power of two */
    BATCH_EDITS_MAX = 65536,
    EDITS_MAX =
        1 << 19, /* not settled: a quarter of what the ring holds, so that no burst of ours pushes
                    a viewer off it between two turns. Bounds the tickets at 8 MiB too */
    RETRY_US = 5 * 1000, /* when the log's queue is full */
};

struct batch {
    struct ticket *tickets;
    size_t n, room;
    uint64_t unknown_since_us; /* when it was first seen to be unknown; 0: it is not */
    /* under the lock */
    bool landed, told;
    uint64_t version;         /* when landed */
    enum log_outcome outcome; /* when told */
};

struct intake {
    struct env *env;
    struct log_writer *writer;
    struct reducer *reducer;
    struct metrics *metrics;
    struct intake_config config;
    struct intake_sink *sink;
    struct shard *shard;
    uint64_t nonce;
    uint8_t genesis[GENESIS_BYTES]; /* offered while the log has no record */

    size_t n_edits; /* gathered */
    size_t n_open;  /* edits gathered and in flight */
    uint64_t flushed_us, retry_us;
    bool closed;
    bool refuse_gathered; /* the log turned read-only under them */

    pthread_mutex_t lock;
    uint64_t oldest, next; /* in flight: [oldest, next); gathered: next */
    struct batch batches[IN_FLIGHT];

    uint8_t edits[BATCH_EDITS_MAX * EDIT_BYTES];
};

static struct batch *batch_of(struct intake *intake, uint64_t number)
{
    return &intake->batches[number & (IN_FLIGHT - 1)];
}

struct intake *intake_create(struct env *env, struct log_writer *writer, struct reducer *reducer,
                             struct metrics *metrics, struct intake_config config,
                             struct intake_sink *sink, struct shard *shard)
{
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return NULL;
    intake->env = env;
    intake->writer = writer;
    intake->reducer = reducer;
    intake->metrics = metrics;
    intake->config = config;
    intake->sink = sink;
    intake->shard = shard;
    intake->nonce = env_random_u64(env);
    env->random(env, intake->genesis, sizeof intake->genesis);
    intake->oldest = intake->next = 1;
    pthread_mutex_init(&intake->lock, NULL);
    if (reducer_add_intake(reducer, intake) != 0) {
        pthread_mutex_destroy(&intake->lock);
        free(intake);
        return NULL;
    }
    return intake;
}

void intake_destroy(struct intake *intake)
{
    if (!intake)
        return;
    reducer_remove_intake(intake->reducer, intake);
    for (size_t i = 0; i < IN_FLIGHT; i++)
        free(intake->batches[i].tickets);
    pthread_mutex_destroy(&intake->lock);
    free(intake);
}

bool intake_owns(const struct intake *intake, struct origin origin)
{
    return origin.nonce == intake->nonce;
}

static bool in_flight(const struct intake *intake, uint64_t batch)
{
    return batch >= intake->oldest && batch < intake->next;
}

void intake_landed(struct intake *intake, uint64_t batch, uint64_t version)
{
    pthread_mutex_lock(&intake->lock);
    if (in_flight(intake, batch) && !batch_of(intake, batch)->landed) {
        batch_of(intake, batch)->landed = true;
        batch_of(intake, batch)->version = version;
    }
    pthread_mutex_unlock(&intake->lock);
}

void intake_outcome(struct intake *intake, uint64_t batch, enum log_outcome outcome)
{
    pthread_mutex_lock(&intake->lock);
    if (in_flight(intake, batch)) {
        batch_of(intake, batch)->told = true;
        batch_of(intake, batch)->outcome = outcome;
    }
    pthread_mutex_unlock(&intake->lock);
    /* A committed batch is acknowledged when it is read back; only bad news is news by itself. */
    if (outcome != LOG_COMMITTED)
        shard_notify(intake->shard);
}

/* Give the gathered edits to the log. */
static enum log_append flush(struct intake *intake, uint64_t now)
{
    /* Counted as in flight first: the record can be read back before log_writer_append returns. */
    pthread_mutex_lock(&intake->lock);
    uint64_t number = intake->next++;
    pthread_mutex_unlock(&intake->lock);
    struct log_batch batch = {
        .value = {intake->edits, EDIT_BYTES * intake->n_edits},
        .origin = {.nonce = intake->nonce, .batch = number},
        .genesis = reducer_log_begun(intake->reducer) ? NULL : intake->genesis,
    };
    enum log_append result = log_writer_append(intake->writer, &batch);
    if (result == LOG_ACCEPTED) {
        metric_add(intake->metrics, batches_total, 1);
        intake->n_edits = 0;
        intake->flushed_us = now;
        return result;
    }
    pthread_mutex_lock(&intake->lock);
    intake->next--;
    pthread_mutex_unlock(&intake->lock);
    if (result == LOG_FULL)
        intake->retry_us = now + RETRY_US;
    else
        intake->refuse_gathered = true;
    return result;
}

static bool add_ticket(struct batch *batch, const struct ticket *ticket)
{
    if (batch->n == batch->room) {
        size_t room = batch->room ? 2 * batch->room : 64;
        struct ticket *tickets = realloc(batch->tickets, room * sizeof *tickets);
        if (!tickets)
            return false;
        batch->tickets = tickets;
        batch->room = room;
    }
    batch->tickets[batch->n++] = *ticket;
    return true;
}

/* How many edits fit into one record of this log. */
static size_t batch_edits_max(const struct intake *intake)
{
    size_t n = log_writer_record_max(intake->writer) / EDIT_BYTES;
    return n < BATCH_EDITS_MAX ? n : BATCH_EDITS_MAX;
}

bool intake_add(struct intake *intake, const struct ticket *ticket, const uint8_t *edits,
                enum refusal *reason)
{
    *reason = intake->closed ? REFUSAL_CLOSED : REFUSAL_READONLY;
    if (intake->closed || intake->refuse_gathered ||
        log_writer_state(intake->writer) == LOG_STALLED)
        return false;
    *reason = REFUSAL_BUSY;
    if (intake->n_open + ticket->edits > EDITS_MAX)
        return false;
    if (intake->n_edits + ticket->edits > batch_edits_max(intake)) {
        uint64_t now = env_now_us(intake->env);
        if (now < intake->retry_us || flush(intake, now) != LOG_ACCEPTED)
            return false;
    }
    /* The last of the circular array is never in flight: it is the one being gathered. */
    if (intake->next - intake->oldest >= IN_FLIGHT - 1 ||
        !add_ticket(batch_of(intake, intake->next), ticket))
        return false;
    memcpy(intake->edits + EDIT_BYTES * intake->n_edits, edits, (size_t)EDIT_BYTES * ticket->edits);
    intake->n_edits += ticket->edits;
    intake->n_open += ticket->edits;
    return true;
}

/* Tell everybody who waits for a batch, and empty it. */
static void settle(struct intake *intake, struct batch *batch, enum settled what,
                   enum refusal reason, uint64_t version)
{
    for (size_t i = 0; i < batch->n; i++) {
        intake->sink->settled(intake->sink, &batch->tickets[i], what, reason, version);
        intake->n_open -= batch->tickets[i].edits;
    }
    batch->n = 0;
    batch->unknown_since_us = 0;
}

/* How the oldest batch in flight fared, if that is known. */
static bool take_oldest(struct intake *intake, uint64_t now, enum settled *what, uint64_t *version,
                        uint64_t *due)
{
    bool taken = false;
    pthread_mutex_lock(&intake->lock);
    if (intake->oldest < intake->next) {
        struct batch *batch = batch_of(intake, intake->oldest);
        if (batch->landed) {
            *what = SETTLED_PLACED;
            *version = batch->version;
            taken = true;
        } else if (batch->told && batch->outcome == LOG_REFUSED) {
            *what = SETTLED_REFUSED;
            taken = true;
        } else if (batch->told && batch->outcome == LOG_UNKNOWN) {
            if (batch->unknown_since_us == 0)
                batch->unknown_since_us = now;
            *due = batch->unknown_since_us + intake->config.unknown_us;
            *what = SETTLED_UNKNOWN;
            taken = now >= *due;
        }
        if (taken) {
            batch->landed = batch->told = false;
            intake->oldest++;
        }
    }
    pthread_mutex_unlock(&intake->lock);
    return taken;
}

uint64_t intake_run(struct intake *intake)
{
    uint64_t now = env_now_us(intake->env), due = UINT64_MAX, version = 0;
    enum settled what;
    for (;;) {
        struct batch *oldest = batch_of(intake, intake->oldest);
        if (!take_oldest(intake, now, &what, &version, &due))
            break;
        metric_add(intake->metrics, batches_failed_total, what == SETTLED_REFUSED);
        metric_add(intake->metrics, batches_unknown_total, what == SETTLED_UNKNOWN);
        settle(intake, oldest, what, REFUSAL_FAILED, version);
        due = UINT64_MAX;
    }
    if (intake->n_edits == 0)
        return due;

    uint64_t flush_at = intake->closed ? now : intake->flushed_us + intake->config.batch_us;
    if (flush_at < intake->retry_us)
        flush_at = intake->retry_us;
    if (intake->flushed_us == 0 || now >= flush_at) {
        if (!intake->refuse_gathered)
            flush(intake, now);
        flush_at = intake->retry_us;
    }
    if (intake->refuse_gathered) {
        intake->n_edits = 0;
        intake->refuse_gathered = false;
        settle(intake, batch_of(intake, intake->next), SETTLED_REFUSED, REFUSAL_READONLY, 0);
    }
    return intake->n_edits > 0 && flush_at < due ? flush_at : due;
}

void intake_close(struct intake *intake)
{
    intake->closed = true;
}

bool intake_idle(const struct intake *intake)
{
    return intake->n_open == 0;
}
