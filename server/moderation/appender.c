/* SPDX-License-Identifier: ISC */
/* appender: a few flights, each with a copy of its edits; outcomes come from other threads. */
#include "moderation/appender.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/edit.h"
#include "sys/clock.h"
#include "sys/sys_env.h"

enum fate {
    FREE,
    FLYING,
    COMMITTED,
    REFUSED,
    UNKNOWN,
};

struct flight {
    enum fate fate; /* under the lock */
    uint64_t batch;
    struct position position;
    uint8_t *edits;
    size_t n;
    int64_t unknown_since_ms; /* 0: it was not seen to be unknown yet */
};

struct appender {
    struct batch_owner owner;
    struct log_writer *writer;
    struct owners *owners;
    struct canvases *canvases;
    struct appender_sink *sink;
    uint64_t action;
    uint64_t next; /* batch */
    uint8_t genesis[GENESIS_BYTES];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct flight flights[APPENDER_FLIGHTS];
};

/* ---- what comes back, from other threads ---- */

static void on_landed(struct batch_owner *owner, uint64_t batch, uint64_t version)
{
    /* Whoever needs to know where it landed reads the log. */
}

static void on_delivered(struct batch_owner *owner)
{
}

static void on_outcome(struct batch_owner *owner, uint64_t batch, enum log_outcome outcome)
{
    struct appender *appender =
        (struct appender *)((char *)owner - offsetof(struct appender, owner));
    pthread_mutex_lock(&appender->lock);
    for (size_t i = 0; i < APPENDER_FLIGHTS; i++) {
        struct flight *flight = &appender->flights[i];
        if (flight->fate == FLYING && flight->batch == batch)
            flight->fate = outcome == LOG_COMMITTED ? COMMITTED
                           : outcome == LOG_REFUSED ? REFUSED
                                                    : UNKNOWN;
    }
    pthread_cond_signal(&appender->changed);
    pthread_mutex_unlock(&appender->lock);
}

/* ---- to the log ---- */

static struct flight *find_free(struct appender *appender)
{
    struct flight *found = NULL;
    pthread_mutex_lock(&appender->lock);
    for (size_t i = 0; i < APPENDER_FLIGHTS && !found; i++) {
        if (appender->flights[i].fate == FREE)
            found = &appender->flights[i];
    }
    pthread_mutex_unlock(&appender->lock);
    return found;
}

size_t appender_room(struct appender *appender)
{
    if (!find_free(appender))
        return 0;
    size_t bytes = log_writer_record_max(appender->writer) - POSITION_BYTES - authors_bytes(1);
    size_t edits = bytes / EDIT_BYTES;
    return edits < APPENDER_RECORD_EDITS ? edits : APPENDER_RECORD_EDITS;
}

static enum log_append append(struct appender *appender, const struct flight *flight)
{
    uint8_t value[POSITION_BYTES + APPENDER_RECORD_EDITS * EDIT_BYTES];
    uint8_t authors[1 + AUTHORS_RUN_BYTES];
    size_t len = 0;
    if (flight->position.gx != 0 || flight->position.gy != 0) {
        position_store(value, flight->position);
        len = POSITION_BYTES;
    }
    memcpy(value + len, flight->edits, flight->n * EDIT_BYTES);
    len += flight->n * EDIT_BYTES;
    authors_store(authors, appender->action, flight->n);
    struct log_batch batch = {
        .value = {value, len},
        .authors = {authors, authors_bytes(flight->n)},
        .origin = {.nonce = appender->owner.nonce, .batch = flight->batch},
        .genesis = canvases_version(appender->canvases) > 0 ? NULL : appender->genesis,
    };
    return log_writer_append(appender->writer, &batch);
}

static void set_fate(struct appender *appender, struct flight *flight, enum fate fate)
{
    pthread_mutex_lock(&appender->lock);
    flight->fate = fate;
    pthread_mutex_unlock(&appender->lock);
}

enum log_append appender_append(struct appender *appender, struct position position,
                                const uint8_t *edits, size_t n)
{
    struct flight *flight = find_free(appender);
    uint8_t *copy = flight ? malloc(n * EDIT_BYTES) : NULL;
    if (!copy)
        return LOG_FULL;
    memcpy(copy, edits, n * EDIT_BYTES);
    *flight =
        (struct flight){.batch = appender->next++, .position = position, .edits = copy, .n = n};
    /* Before the append: its outcome can come before that returns. */
    set_fate(appender, flight, FLYING);
    enum log_append result = append(appender, flight);
    if (result != LOG_ACCEPTED) {
        free(copy);
        flight->edits = NULL;
        set_fate(appender, flight, FREE);
    }
    return result;
}

/* ---- outcomes ---- */

/* Is there nothing more to wait for? Lock held. */
static bool is_over(struct flight *flight)
{
    if (flight->fate != UNKNOWN)
        return flight->fate == COMMITTED || flight->fate == REFUSED;
    int64_t now_ms = clock_now_ms();
    if (flight->unknown_since_ms == 0)
        flight->unknown_since_ms = now_ms;
    return now_ms - flight->unknown_since_ms >= APPENDER_UNKNOWN_MS;
}

/* One that is over, taken out; false: there is none. *flying counts the others. */
static bool take_over(struct appender *appender, struct flight *over, size_t *flying)
{
    bool found = false;
    *flying = 0;
    pthread_mutex_lock(&appender->lock);
    for (size_t i = 0; i < APPENDER_FLIGHTS; i++) {
        struct flight *flight = &appender->flights[i];
        if (!found && is_over(flight)) {
            found = true;
            *over = *flight;
            *flight = (struct flight){.fate = FREE};
        } else if (flight->fate != FREE) {
            ++*flying;
        }
    }
    pthread_mutex_unlock(&appender->lock);
    return found;
}

size_t appender_settle(struct appender *appender, int timeout_ms)
{
    struct flight over;
    size_t flying, settled = 0;
    int64_t until_ms = clock_now_ms() + timeout_ms;
    for (;;) {
        while (take_over(appender, &over, &flying)) {
            if (over.fate != COMMITTED)
                appender->sink->lost(appender->sink, over.position, over.edits, over.n);
            free(over.edits);
            settled++;
        }
        if (settled > 0 || flying == 0 || clock_now_ms() >= until_ms)
            return flying;
        pthread_mutex_lock(&appender->lock);
        bool waits = true;
        for (size_t i = 0; i < APPENDER_FLIGHTS; i++)
            waits = waits && !is_over(&appender->flights[i]);
        if (waits)
            clock_wait(&appender->changed, &appender->lock, until_ms);
        pthread_mutex_unlock(&appender->lock);
    }
}

/* ---- making and releasing ---- */

struct appender *appender_create(struct log_writer *writer, struct owners *owners,
                                 struct canvases *canvases, uint64_t action,
                                 struct appender_sink *sink)
{
    struct appender *appender = calloc(1, sizeof *appender);
    if (!appender)
        return NULL;
    if (clock_cond_init(&appender->changed) != 0) {
        free(appender);
        return NULL;
    }
    pthread_mutex_init(&appender->lock, NULL);
    appender->owner = (struct batch_owner){.nonce = env_random_u64(&sys_env),
                                           .landed = on_landed,
                                           .delivered = on_delivered,
                                           .outcome = on_outcome};
    sys_env.random(&sys_env, appender->genesis, sizeof appender->genesis);
    appender->writer = writer;
    appender->owners = owners;
    appender->canvases = canvases;
    appender->sink = sink;
    appender->action = action;
    appender->next = 1;
    owners_add(owners, &appender->owner);
    return appender;
}

void appender_destroy(struct appender *appender)
{
    if (!appender)
        return;
    owners_remove(appender->owners, &appender->owner);
    for (size_t i = 0; i < APPENDER_FLIGHTS; i++)
        free(appender->flights[i].edits);
    pthread_mutex_destroy(&appender->lock);
    pthread_cond_destroy(&appender->changed);
    free(appender);
}
