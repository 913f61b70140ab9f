/* SPDX-License-Identifier: ISC */
/*
 * worker: one thread that runs jobs, each at the earliest at its time, one after the other. What
 * takes long (encoding a picture, writing a checkpoint) is done here and not on an event loop.
 */
#ifndef PLACED_SYS_WORKER_H
#define PLACED_SYS_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct worker;

/* Lives in whatever the job works on, and at least until it has run or the worker is destroyed. */
struct job {
    void (*run)(struct job *job); /* on the worker's thread; may add itself again */
    /* Belong to the worker: */
    struct job *next;
    int64_t due_ms;
    bool queued;
};

/* Start the thread. At most `limit` jobs wait at a time, so that a flood of them is refused instead
 * of stored. The name (up to 15 characters) is what top and gdb show. NULL with errno. */
struct worker *worker_create(const char *name, size_t limit);

/* Run the job when clock_now_ms has reached due_ms (0: as soon as possible); jobs that are due run
 * in the order of their due_ms. A job that waits already is left as it is. False when the queue is
 * full. Any thread; never waits for a job. */
bool worker_add(struct worker *worker, struct job *job, int64_t due_ms);

/* Is worker_destroy waiting? A job that takes long asks, and returns early. Any thread. */
bool worker_stopping(const struct worker *worker);

/* Let the running job end, drop those that wait, end the thread. NULL is fine. */
void worker_destroy(struct worker *worker);

#endif
