/* SPDX-License-Identifier: ISC */
/* queue_scene: a queue in a test, how records get into it, and how tasks are awaited. */
#ifndef PLACED_TESTS_RENDER_QUEUE_SCENE_H
#define PLACED_TESTS_RENDER_QUEUE_SCENE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "render/queue/queue.h"
#include "render/queue/queue_open.h"

enum {
    SCENE_PARTITIONS = 4,
    SCENE_TASKS_MAX = 512,
    SCENE_PATIENCE_MS = 60000, /* only a failure waits so long */
    SCENE_QUIET_MS = 300,      /* nothing comes for so long */
};

/* Outcomes that are awaited. */
struct outcomes {
    struct queue_outcome outcome; /* first: it is cast to this */
    atomic_uint stored, failed;
    char error[QUEUE_ERROR_BYTES]; /* of the first that failed */
};

void outcomes_init(struct outcomes *outcomes);
void outcomes_wait(struct outcomes *outcomes, unsigned stored); /* so many, and none failed */

struct queue *scene_open(const char *url); /* fails the test when it cannot */

/* Tasks from to to - 1 as "task N"; key: the same for all, or NULL for one each. Returns when they
 * are durable. */
void scene_append(struct queue *queue, enum queue_topic topic, unsigned from, unsigned to,
                  const char *key);

/* How often each task was delivered to somebody, and the last number of it. */
struct taken {
    unsigned times[SCENE_TASKS_MAX];
    uint64_t numbers[SCENE_TASKS_MAX];
    unsigned n;    /* different tasks */
    unsigned last; /* the task that came last */
};

struct queue_consumer *scene_consume(struct queue *queue, const char *group);

/* It was delivered. */
void scene_note(struct taken *taken, const struct queue_task *task);

/* One poll. Was it a task? */
bool scene_poll(struct queue_consumer *consumer, int timeout_ms, bool want, struct taken *taken);

/* Until n different tasks have come. */
void scene_take(struct queue_consumer *consumer, struct taken *taken, unsigned n);

/* Nothing comes. */
void scene_expect_nothing(struct queue_consumer *consumer);

/* Until so many are not done, wanting none: a partition counts when something of it has come. */
void scene_wait_for_depth(struct queue_consumer *consumer, uint64_t depth);

/* Poll without a task until the group has done all. */
void scene_wait_until_done(struct queue_consumer *consumer);

#endif
