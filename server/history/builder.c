/* SPDX-License-Identifier: ISC */
/*
 * builder: sessions, one after the other. Each loads what is on the disk, makes a reader and reads
 * until something fails or the server stops; what failed decides when the next one begins.
 */
#include "history/builder.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "history/build.h"
#include "plane/reader.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    GENESIS_MS = 50, /* how often it is asked whether the log has begun */
    IDLE_MS = 500,   /* how often it is looked whether the files are still there */
    RETRY_FIRST_MS = 1000,
    RETRY_LAST_MS = 30000,
    REASON_BYTES = DISK_PATH_BYTES + 2 * LOG_ERROR_BYTES,
};

enum outcome {
    STOPPED,
    FAILED,   /* the reason is in builder->reason; try again later */
    DAMAGED,  /* files are missing or wrong: load what is left */
    OTHER,    /* the files are of another log: drop them */
    HOPELESS, /* the log has no beginning any more */
};

struct builder {
    pthread_t thread;
    struct log *log;
    struct store *store;
    struct builder_owner *owner;
    struct metrics *metrics;
    struct build *build;
    char reason[REASON_BYTES];
    bool troubled; /* that it cannot go on was said, and not yet that it can */
    int64_t retry_ms;

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t stopping;
    struct reader *reader; /* while there is one */
    volatile int stop;     /* also read without the lock, by the reader as it starts */
};

/* ---- stopping and waiting ---- */

static bool is_stopping(struct builder *builder)
{
    pthread_mutex_lock(&builder->lock);
    bool stop = builder->stop;
    pthread_mutex_unlock(&builder->lock);
    return stop;
}

/* Until the time has come, or it is to stop. */
static void pause_until(struct builder *builder, int64_t deadline_ms)
{
    pthread_mutex_lock(&builder->lock);
    while (!builder->stop && clock_wait(&builder->stopping, &builder->lock, deadline_ms))
        continue;
    pthread_mutex_unlock(&builder->lock);
}

/* The one that builder_destroy wakes. */
static void set_reader(struct builder *builder, struct reader *reader)
{
    pthread_mutex_lock(&builder->lock);
    builder->reader = reader;
    pthread_mutex_unlock(&builder->lock);
}

/* ---- reading ---- */

static enum outcome fail(struct builder *builder, const char *reason)
{
    snprintf(builder->reason, sizeof builder->reason, "%s", reason);
    return FAILED;
}

static enum outcome outcome_of(struct builder *builder, struct reader *reader,
                               enum reader_result result)
{
    const char *error = build_error(builder->build); /* of a fold; longer than the reader's copy */
    switch (result) {
    case READER_MISMATCH:
        return OTHER;
    case READER_FAILED:
        return fail(builder, error ? error : reader_error(reader));
    default:
        return STOPPED;
    }
}

/* Can everything still be read that is needed? */
static enum outcome check_beginning(struct builder *builder, struct reader *reader)
{
    char error[LOG_ERROR_BYTES];
    struct log_bounds bounds;
    if (reader_bounds(reader, &bounds, error) != 0)
        return fail(builder, error);
    if (bounds.low <= build_fold(builder->build)->from)
        return STOPPED;
    snprintf(builder->reason, sizeof builder->reason,
             "the log begins at offset %" PRIu64 ", and what was before is needed", bounds.low);
    return HOPELESS;
}

/* It is live, and has saved something since: what was wrong is over. */
static void recover(struct builder *builder)
{
    builder->retry_ms = RETRY_FIRST_MS;
    if (builder->troubled)
        diag_info("history goes on");
    builder->troubled = false;
}

/* Records that come while some are not visible yet are taken at once, and then nothing is done
 * until those are due: so that all who wait are told together. */
static enum outcome go_on(struct builder *builder, struct reader *reader)
{
    struct build *build = builder->build;
    while (!is_stopping(builder)) {
        size_t delivered;
        bool fresh = build_is_fresh(build);
        int64_t due = build_due(build), now = clock_now_ms();
        int wait = fresh || due <= now ? 0 : due - now < IDLE_MS ? (int)(due - now) : IDLE_MS;
        enum reader_result result = reader_step(reader, wait, &delivered);
        if (result != READER_OK)
            return outcome_of(builder, reader, result);
        if (fresh && delivered == 0) {
            pause_until(builder, build_due(build));
            /* What came meanwhile is shown with the rest, not a whole pause later. */
            result = reader_step(reader, 0, &delivered);
            if (result != READER_OK)
                return outcome_of(builder, reader, result);
        }
        if (build_tick(build) != 0)
            return fail(builder, build_error(build));
        if (build_is_damaged(build))
            return DAMAGED;
        if (builder->troubled && build_due(build) == CLOCK_NEVER)
            recover(builder);
    }
    return STOPPED;
}

static enum outcome read_log(struct builder *builder, struct reader *reader)
{
    struct build *build = builder->build;
    struct reader_proof proof;
    reader_silence(reader);
    reader_add(reader, build_fold(build));
    enum outcome outcome = check_beginning(builder, reader);
    if (outcome != STOPPED)
        return outcome;
    bool proven = build_proof(build, &proof);
    int64_t began = clock_now_ms();
    uint64_t from = build_fold(build)->from;
    enum reader_result result = reader_start(reader, proven ? &proof : NULL, &builder->stop);
    if (result != READER_OK)
        return outcome_of(builder, reader, result);
    if (build_flush(build) != 0)
        return fail(builder, build_error(build));
    diag_info("history at version %" PRIu64 ", read from version %" PRIu64 " in %" PRId64 " ms",
              store_version(builder->store), from, clock_now_ms() - began);
    return go_on(builder, reader);
}

static enum outcome run_session(struct builder *builder, const uint8_t *genesis)
{
    char error[LOG_ERROR_BYTES];
    if (build_load(builder->build, genesis, log_identify(builder->log), &builder->stop) != 0)
        return is_stopping(builder) ? STOPPED : fail(builder, build_error(builder->build));
    struct reader *reader = reader_create(builder->log, error);
    if (!reader)
        return fail(builder, error);
    set_reader(builder, reader);
    enum outcome outcome = read_log(builder, reader);
    set_reader(builder, NULL);
    reader_destroy(reader);
    if (outcome == STOPPED && build_flush(builder->build) != 0)
        outcome = fail(builder, build_error(builder->build));
    return outcome;
}

/* ---- what comes after a session ---- */

static void try_later(struct builder *builder)
{
    metric_add(builder->metrics, history_failures_total, 1);
    if (!builder->troubled)
        diag_error("history cannot go on, the server does: %s. Trying again", builder->reason);
    builder->troubled = true;
    pause_until(builder, clock_now_ms() + builder->retry_ms);
    builder->retry_ms *= 2;
    if (builder->retry_ms > RETRY_LAST_MS)
        builder->retry_ms = RETRY_LAST_MS;
}

static void make_damaged_anew(struct builder *builder)
{
    metric_add(builder->metrics, history_failures_total, 1);
    diag_warn("history %s: files are missing or damaged, and are made anew",
              build_folder(builder->build));
    pause_until(builder, clock_now_ms() + RETRY_FIRST_MS);
}

static void drop_other(struct builder *builder)
{
    metric_add(builder->metrics, history_failures_total, 1);
    diag_warn("history %s was made of another log than this one, and is made anew",
              build_folder(builder->build));
    if (build_clear(builder->build) != 0) {
        fail(builder, build_error(builder->build));
        try_later(builder);
    }
}

static void give_up(struct builder *builder)
{
    metric_add(builder->metrics, history_failures_total, 1);
    diag_error("there is no history: %s", builder->reason);
    store_give_up(builder->store);
    builder->owner->published(builder->owner);
}

/* False: it is over. */
static bool conclude(struct builder *builder, enum outcome outcome)
{
    switch (outcome) {
    case STOPPED:
        return false;
    case FAILED:
        try_later(builder);
        break;
    case DAMAGED:
        make_damaged_anew(builder);
        break;
    case OTHER:
        drop_other(builder);
        break;
    case HOPELESS:
        give_up(builder);
        return false;
    }
    return !is_stopping(builder);
}

static bool wait_for_genesis(struct builder *builder, uint8_t genesis[GENESIS_BYTES])
{
    while (!builder->owner->genesis(builder->owner, genesis)) {
        if (is_stopping(builder))
            return false;
        pause_until(builder, clock_now_ms() + GENESIS_MS);
    }
    return !is_stopping(builder);
}

static void *run(void *argument)
{
    struct builder *builder = argument;
    uint8_t genesis[GENESIS_BYTES];
    if (!wait_for_genesis(builder, genesis))
        return NULL;
    while (conclude(builder, run_session(builder, genesis)))
        continue;
    return NULL;
}

/* ---- its life ---- */

static void published(void *whom)
{
    struct builder *builder = whom;
    builder->owner->published(builder->owner);
}

static int start(struct builder *builder, unsigned publish_ms)
{
    builder->build = build_create(&(struct build_config){.store = builder->store,
                                                         .metrics = builder->metrics,
                                                         .publish_ms = publish_ms,
                                                         .published = published,
                                                         .whom = builder});
    if (!builder->build)
        return ENOMEM;
    int error = clock_cond_init(&builder->stopping);
    if (error)
        return error;
    error = pthread_create(&builder->thread, NULL, run, builder);
    if (error)
        pthread_cond_destroy(&builder->stopping);
    else
        pthread_setname_np(builder->thread, "history");
    return error;
}

struct builder *builder_create(struct log *log, struct store *store, struct builder_owner *owner,
                               unsigned publish_ms, struct metrics *metrics)
{
    struct builder *builder = calloc(1, sizeof *builder);
    if (!builder)
        return NULL;
    builder->log = log;
    builder->store = store;
    builder->owner = owner;
    builder->metrics = metrics;
    builder->retry_ms = RETRY_FIRST_MS;
    pthread_mutex_init(&builder->lock, NULL);
    int error = start(builder, publish_ms);
    if (!error)
        return builder;
    build_destroy(builder->build);
    pthread_mutex_destroy(&builder->lock);
    free(builder);
    errno = error;
    return NULL;
}

void builder_destroy(struct builder *builder)
{
    if (!builder)
        return;
    pthread_mutex_lock(&builder->lock);
    __atomic_store_n(&builder->stop, 1, __ATOMIC_RELAXED);
    if (builder->reader)
        reader_wake(builder->reader);
    pthread_cond_signal(&builder->stopping);
    pthread_mutex_unlock(&builder->lock);
    pthread_join(builder->thread, NULL);
    build_destroy(builder->build);
    pthread_cond_destroy(&builder->stopping);
    pthread_mutex_destroy(&builder->lock);
    free(builder);
}
