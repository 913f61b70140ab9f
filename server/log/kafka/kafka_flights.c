/* SPDX-License-Identifier: ISC */
/* kafka_flights: two rings and two sums under a lock. */
#include "log/kafka/kafka_flights.h"

#include <stdlib.h>

#include "sys/clock.h"

static void ring_add(struct kafka_flight *ring, struct kafka_flight *f)
{
    f->next = ring;
    f->prev = ring->prev;
    f->prev->next = f->next->prev = f;
}

static void ring_remove(struct kafka_flight *f)
{
    f->prev->next = f->next;
    f->next->prev = f->prev;
}

/* It no longer counts. With the lock. */
static void discount(struct kafka_flights *flights, size_t bytes)
{
    flights->batches--;
    flights->bytes -= bytes;
    if (flights->batches == 0)
        pthread_cond_broadcast(&flights->changed);
}

/* Report, then discount: whoever waits for the last one must find it reported. */
static void report(struct kafka_flights *flights, struct origin origin, size_t bytes,
                   enum log_outcome outcome)
{
    struct log_outcomes *outcomes = flights->writer->outcomes;
    outcomes->outcome(outcomes, origin, outcome);
    pthread_mutex_lock(&flights->lock);
    discount(flights, bytes);
    pthread_mutex_unlock(&flights->lock);
}

int kafka_flights_init(struct kafka_flights *flights, struct log_writer *writer)
{
    *flights = (struct kafka_flights){.writer = writer};
    flights->open.next = flights->open.prev = &flights->open;
    flights->given_up.next = flights->given_up.prev = &flights->given_up;
    int rc = pthread_mutex_init(&flights->lock, NULL);
    if (rc != 0)
        return rc;
    rc = clock_cond_init(&flights->changed);
    if (rc != 0)
        pthread_mutex_destroy(&flights->lock);
    return rc;
}

void kafka_flights_finish(struct kafka_flights *flights)
{
    kafka_flights_forget(flights);
    pthread_cond_destroy(&flights->changed);
    pthread_mutex_destroy(&flights->lock);
}

struct kafka_flight *kafka_flights_add(struct kafka_flights *flights, struct origin origin,
                                       size_t bytes)
{
    struct kafka_flight *f = malloc(sizeof *f);
    if (!f)
        return NULL;
    *f = (struct kafka_flight){.origin = origin, .bytes = bytes};
    pthread_mutex_lock(&flights->lock);
    bool fits = flights->batches < LOG_FLIGHT_BATCHES && flights->bytes + bytes <= LOG_FLIGHT_BYTES;
    if (fits) {
        ring_add(&flights->open, f);
        flights->was_idle |= flights->batches == 0;
        flights->batches++;
        flights->bytes += bytes;
    }
    pthread_mutex_unlock(&flights->lock);
    if (fits)
        return f;
    free(f);
    return NULL;
}

void kafka_flights_cancel(struct kafka_flights *flights, struct kafka_flight *f)
{
    pthread_mutex_lock(&flights->lock);
    ring_remove(f);
    discount(flights, f->bytes);
    pthread_mutex_unlock(&flights->lock);
    free(f);
}

void kafka_flights_settle(struct kafka_flights *flights, struct kafka_flight *f,
                          enum log_outcome outcome)
{
    pthread_mutex_lock(&flights->lock);
    bool given_up = f->given_up;
    ring_remove(f);
    pthread_mutex_unlock(&flights->lock);
    if (!given_up)
        report(flights, f->origin, f->bytes, outcome);
    free(f);
}

void kafka_flights_give_up(struct kafka_flights *flights)
{
    for (;;) {
        pthread_mutex_lock(&flights->lock);
        struct kafka_flight *f = flights->open.next;
        bool any = f != &flights->open;
        struct kafka_flight copy = *f; /* its delivery report may free it at any moment */
        if (any) {
            f->given_up = true;
            ring_remove(f);
            ring_add(&flights->given_up, f);
        }
        pthread_mutex_unlock(&flights->lock);
        if (!any)
            return;
        report(flights, copy.origin, copy.bytes, LOG_UNKNOWN);
    }
}

void kafka_flights_forget(struct kafka_flights *flights)
{
    pthread_mutex_lock(&flights->lock);
    while (flights->given_up.next != &flights->given_up) {
        struct kafka_flight *f = flights->given_up.next;
        ring_remove(f);
        free(f);
    }
    pthread_mutex_unlock(&flights->lock);
}

bool kafka_flights_wait(struct kafka_flights *flights, int64_t deadline_ms)
{
    pthread_mutex_lock(&flights->lock);
    while (flights->batches > 0 && clock_wait(&flights->changed, &flights->lock, deadline_ms))
        ;
    bool none = flights->batches == 0;
    pthread_mutex_unlock(&flights->lock);
    return none;
}

bool kafka_flights_idle(struct kafka_flights *flights, bool *was_idle)
{
    pthread_mutex_lock(&flights->lock);
    bool idle = flights->batches == 0;
    *was_idle = flights->was_idle;
    flights->was_idle = false;
    pthread_mutex_unlock(&flights->lock);
    return idle;
}
