/* SPDX-License-Identifier: ISC */
/* requeue: dead letters into the queue again, and the mark that says so behind them. Threads: the
 * loop's. */
#ifndef PLACED_RENDER_BATCH_REQUEUE_H
#define PLACED_RENDER_BATCH_REQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/batch/dead.h"

struct mailbox;
struct requeue;

struct requeue_result {
    unsigned requeued;
    unsigned unknown; /* offsets that are no dead letters, or not any more */
    unsigned no_task; /* records that never were a task: they cannot be put back */
    unsigned failed;  /* the queue did not take them: they are where they were */
};

/* Put these back, at most DEAD_LETTERS. The queue's outcomes come by the mailbox; then done is
 * called, once, perhaps within this call. NULL: it was, or there was no memory, which is said as
 * all having failed. */
struct requeue *requeue_start(struct dead *dead, struct queue *queue, struct mailbox *mailbox,
                              const uint64_t *offsets, size_t n,
                              void (*done)(void *context, const struct requeue_result *result),
                              void *context);

/* Nobody waits for the answer any more. */
void requeue_forget(struct requeue *requeue);

#endif
