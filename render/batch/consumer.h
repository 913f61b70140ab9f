/* SPDX-License-Identifier: ISC */
/*
 * consumer: a consumer of the queue with a thread of its own, which hands tasks to the event loop:
 * so many are under way at a time and no more. With room for none it leaves its group, so that
 * other servers get the tasks; it joins once all the same, since a queue keeps tasks only for the
 * groups that it knows.
 *
 * Threads: `wake` and `may_take` are called on the consumer's; all else from the loop's.
 */
#ifndef PLACED_RENDER_BATCH_CONSUMER_H
#define PLACED_RENDER_BATCH_CONSUMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/queue/queue.h"

struct consumer;

struct consumer_config {
    struct queue *queue;
    enum queue_topic topic;
    const char *group; /* stays */
    /* There is something for consumer_take. */
    void (*wake)(void *context);
    /* May another task be taken now? NULL: always. */
    bool (*may_take)(void *context);
    void *context;
};

struct consumer_task {
    struct consumer_task *next;
    struct consumer *consumer;
    uint64_t number;
    unsigned membership;
    int64_t time_ms; /* when it was appended */
    size_t len;
    uint8_t value[];
};

/* Start the thread, with room for none. NULL: no memory, or no thread. */
struct consumer *consumer_create(const struct consumer_config *config);

/* Tasks that were taken and have not ended are delivered again. End the thread. NULL is fine. */
void consumer_destroy(struct consumer *consumer);

void consumer_set_room(struct consumer *consumer, unsigned tasks);

/* The next task; NULL: none. */
struct consumer_task *consumer_take(struct consumer *consumer);

/* This task is over, and freed. done: it needs no further delivery. Not after consumer_destroy. */
void consumer_end(struct consumer_task *task, bool done);

/* Tasks that wait in the queue, as last known. */
uint64_t consumer_depth(struct consumer *consumer);

#endif
