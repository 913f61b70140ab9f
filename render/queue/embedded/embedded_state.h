/* SPDX-License-Identifier: ISC */
/* embedded_state: what the parts of an embedded queue share, and the lock that it is under. */
#ifndef PLACED_RENDER_QUEUE_EMBEDDED_EMBEDDED_STATE_H
#define PLACED_RENDER_QUEUE_EMBEDDED_EMBEDDED_STATE_H

#include <pthread.h>
#include <stdbool.h>

#include "render/queue/embedded/shelf.h"
#include "render/queue/given.h"

/* A group of consumers of one topic. Groups stay until the queue is closed. */
struct embedded_group {
    struct embedded_group *next_group;
    enum queue_topic topic;
    char name[QUEUE_GROUP_MAX + 1];
    struct given given; /* numbers are offsets */
    uint64_t next;      /* the first record that was never given */
    uint64_t written;   /* the place that the shelf has */
};

/* An append that has no outcome yet. */
struct embedded_append {
    struct embedded_append *next;
    struct queue_outcome *outcome;
    enum queue_topic topic;
    int64_t time_ms;
    size_t len;
    uint8_t value[];
};

struct embedded {
    struct queue queue; /* first: a queue is cast to it */
    struct shelf *shelf;
    pthread_t thread;

    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t work;  /* the writer has something to do */
    pthread_cond_t news;  /* for consumers and readers: records, or a wake-up */
    struct shelf_bounds bounds[QUEUE_TOPICS];
    struct embedded_group *groups;
    size_t n_groups;
    struct embedded_append *appends, **appends_end;
    size_t n_appends, append_bytes; /* without outcome */
    int64_t tidy_due_ms;            /* CLOCK_NEVER: nothing has changed */
    bool closing;
};

#endif
