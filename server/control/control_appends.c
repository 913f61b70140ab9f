/* SPDX-License-Identifier: ISC */
/* control_appends: a flight ends when its record was read, when the log has refused it, or when it
 * is late; who waits is told outside the lock. */
#include "control/control_appends.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"

enum {
    READ_BACK_MS = 20000, /* the log's own time-out is 10 s */
    UNKNOWN_MS = 5000,    /* for a record whose outcome is unknown to appear, if it does */
};

struct flight {
    uint64_t batch; /* 0: free */
    struct control_waiter *waiter;
    int64_t deadline_ms;
    uint64_t action; /* it was read; 0: not yet */
};

struct control_appends {
    struct log_outcomes outcomes; /* first */
    struct log_writer *writer;
    void (*wake)(void *context);
    void *context;
    uint64_t nonce;
    pthread_mutex_t lock; /* of all below. Never held during a call of the writer */
    uint64_t last_batch;
    struct flight flights[CONTROL_APPENDS_MAX];
};

static struct flight *find(struct control_appends *appends, uint64_t batch)
{
    for (size_t i = 0; i < CONTROL_APPENDS_MAX; i++) {
        if (appends->flights[i].batch == batch)
            return &appends->flights[i];
    }
    return NULL;
}

/* From any thread. */
static void on_outcome(struct log_outcomes *outcomes, struct origin origin,
                       enum log_outcome outcome)
{
    struct control_appends *appends = (struct control_appends *)outcomes;
    int64_t now = clock_now_ms();
    pthread_mutex_lock(&appends->lock);
    struct flight *flight = find(appends, origin.batch);
    if (flight && outcome == LOG_REFUSED)
        flight->deadline_ms = now;
    else if (flight && outcome == LOG_UNKNOWN)
        flight->deadline_ms = now + UNKNOWN_MS;
    pthread_mutex_unlock(&appends->lock);
    if (flight && outcome == LOG_REFUSED)
        appends->wake(appends->context);
}

struct control_appends *control_appends_create(struct log *log, void (*wake)(void *context),
                                               void *context, char error[CONTROL_ERROR_BYTES])
{
    struct control_appends *appends = calloc(1, sizeof *appends);
    if (!appends) {
        snprintf(error, CONTROL_ERROR_BYTES, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&appends->lock, NULL);
    appends->outcomes.outcome = on_outcome;
    appends->wake = wake;
    appends->context = context;
    randombytes_buf(&appends->nonce, sizeof appends->nonce);
    appends->writer = log_writer_create(log, &appends->outcomes, error);
    if (appends->writer)
        return appends;
    control_appends_destroy(appends);
    return NULL;
}

/* Free a flight and say who waits for it. Under the lock. */
static struct control_waiter *end(struct flight *flight)
{
    struct control_waiter *waiter = flight->waiter;
    *flight = (struct flight){0};
    return waiter;
}

void control_appends_destroy(struct control_appends *appends)
{
    if (!appends)
        return;
    log_writer_destroy(appends->writer);
    for (size_t i = 0; i < CONTROL_APPENDS_MAX; i++) {
        if (appends->flights[i].batch != 0) {
            struct control_waiter *waiter = end(&appends->flights[i]);
            waiter->done(waiter, 0);
        }
    }
    pthread_mutex_destroy(&appends->lock);
    free(appends);
}

/* A number for a new append, and a flight if somebody waits for it. 0: too many do. */
static uint64_t take_off(struct control_appends *appends, struct control_waiter *waiter)
{
    uint64_t batch = 0;
    pthread_mutex_lock(&appends->lock);
    struct flight *flight = waiter ? find(appends, 0) : NULL;
    if (!waiter || flight)
        batch = ++appends->last_batch;
    if (flight)
        *flight = (struct flight){batch, waiter, clock_now_ms() + READ_BACK_MS, 0};
    pthread_mutex_unlock(&appends->lock);
    return batch;
}

static void call_back(struct control_appends *appends, uint64_t batch)
{
    pthread_mutex_lock(&appends->lock);
    struct flight *flight = find(appends, batch);
    if (flight)
        end(flight);
    pthread_mutex_unlock(&appends->lock);
}

int control_appends_add(struct control_appends *appends, const char *text,
                        struct control_waiter *waiter, char error[CONTROL_ERROR_BYTES])
{
    static const char *const reasons[] = {
        [LOG_FULL] = "too much is being written to the control log",
        [LOG_READONLY] = "the control log cannot be written at the moment",
        [LOG_TOO_LARGE] = "the control log takes no record of this size",
    };
    uint64_t batch = take_off(appends, waiter);
    enum log_append taken = LOG_FULL;
    if (batch != 0) {
        struct log_batch record = {.value = {(const uint8_t *)text, strlen(text)},
                                   .origin = {appends->nonce, batch}};
        taken = log_writer_append(appends->writer, &record);
    }
    if (taken == LOG_ACCEPTED)
        return 0;
    if (batch != 0 && waiter)
        call_back(appends, batch);
    snprintf(error, CONTROL_ERROR_BYTES, "%s", reasons[taken]);
    return -1;
}

bool control_appends_stalled(struct control_appends *appends)
{
    return log_writer_state(appends->writer) == LOG_STALLED;
}

void control_appends_read(struct control_appends *appends, const struct record *record)
{
    struct origin origin;
    if (!record_origin(record, &origin) || origin.nonce != appends->nonce || origin.batch == 0)
        return;
    pthread_mutex_lock(&appends->lock);
    struct flight *flight = find(appends, origin.batch);
    if (flight)
        flight->action = record->offset + 1;
    pthread_mutex_unlock(&appends->lock);
}

void control_appends_settle(struct control_appends *appends)
{
    struct flight ended[CONTROL_APPENDS_MAX];
    size_t n = 0;
    int64_t now = clock_now_ms();
    pthread_mutex_lock(&appends->lock);
    for (size_t i = 0; i < CONTROL_APPENDS_MAX; i++) {
        struct flight *flight = &appends->flights[i];
        if (flight->batch != 0 && (flight->action != 0 || flight->deadline_ms <= now)) {
            ended[n++] = *flight;
            end(flight);
        }
    }
    pthread_mutex_unlock(&appends->lock);
    for (size_t i = 0; i < n; i++)
        ended[i].waiter->done(ended[i].waiter, ended[i].action);
}
