/* SPDX-License-Identifier: ISC */
/*
 * kafka_flights: the batches that were accepted and have no outcome yet, and how they get exactly
 * one. Any thread; outcomes are reported without a lock held.
 */
#ifndef PLACED_LOG_KAFKA_KAFKA_FLIGHTS_H
#define PLACED_LOG_KAFKA_KAFKA_FLIGHTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "log/log.h"

/* One batch in flight. */
struct kafka_flight {
    struct kafka_flight *next, *prev;
    struct origin origin;
    size_t bytes;
    bool given_up; /* its outcome was reported before its delivery report came */
};

struct kafka_flights {
    struct log_writer *writer; /* to whose outcomes is reported */
    pthread_mutex_t lock;      /* of all that follows */
    pthread_cond_t changed;    /* the last one has its outcome */
    struct kafka_flight open;  /* a ring of those without outcome, the oldest first */
    struct kafka_flight given_up;
    size_t batches, bytes;
    bool was_idle; /* something came into flight since kafka_flights_idle was asked */
};

/* 0, or an errno value. */
int kafka_flights_init(struct kafka_flights *flights, struct log_writer *writer);
/* No delivery report comes any more, and kafka_flights_give_up was called. */
void kafka_flights_finish(struct kafka_flights *flights);

/* One more batch. NULL when too much is in flight, or without memory. */
struct kafka_flight *kafka_flights_add(struct kafka_flights *flights, struct origin origin,
                                       size_t bytes);

/* It was not handed over after all: no outcome. */
void kafka_flights_cancel(struct kafka_flights *flights, struct kafka_flight *flight);

/* Its delivery report has come: report the outcome, unless it was given up, and free it. */
void kafka_flights_settle(struct kafka_flights *flights, struct kafka_flight *flight,
                          enum log_outcome outcome);

/* Report LOG_UNKNOWN for all that are open. Their delivery reports may still come. */
void kafka_flights_give_up(struct kafka_flights *flights);

/* Free those that were given up: no delivery report comes any more. */
void kafka_flights_forget(struct kafka_flights *flights);

/* Wait until every outcome has been reported, until deadline_ms (clock_now_ms) at most: then false.
 */
bool kafka_flights_wait(struct kafka_flights *flights, int64_t deadline_ms);

/* Is nothing in flight? *was_idle: has something come into flight since the last call, when nothing
 * was? */
bool kafka_flights_idle(struct kafka_flights *flights, bool *was_idle);

#endif
