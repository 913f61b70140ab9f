/* SPDX-License-Identifier: ISC */
/*
 * sample_queue: the newest edits on their way from the reader of the log to whoever watches them: a
 * fold that copies them and wakes a job. It never waits: what does not fit is counted and left out.
 */
#ifndef PLACED_MODERATION_SAMPLE_QUEUE_H
#define PLACED_MODERATION_SAMPLE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "moderation/sample.h"
#include "plane/fold.h"

struct sample_queue;

enum { SAMPLE_QUEUE_MAX = 1 << 18 }; /* samples */

/* From the reader's thread, once after sample_queue_oldest said that the queue is empty. Quick. */
struct sample_queue_ops {
    void (*filled)(void *context);
    void *context;
};

/* NULL when out of memory. */
struct sample_queue *sample_queue_create(struct sample_queue_ops ops);
void sample_queue_destroy(struct sample_queue *queue); /* NULL is fine */

/* From now on every edit is taken (the rules want them), or only some of each record, which stand
 * for the others: then a busy canvas costs next to nothing. At first only some. Any thread. */
void sample_queue_take_all(struct sample_queue *queue, bool all);

/* For the reader: only what is new. */
struct fold *sample_queue_fold(struct sample_queue *queue);

/* ---- one other thread ---- */

/* Take the oldest samples out: at most room of them into *into, and only those that were put in
 * before this time of the clock (clock_now_ms). How many. */
size_t sample_queue_take(struct sample_queue *queue, int64_t before_ms, struct sample *into,
                         size_t room);

/* When the oldest one was put in. -1: it is empty, and the next one that is put in will be told by
 * ops.filled. */
int64_t sample_queue_oldest(struct sample_queue *queue);

/* How many have been left out since the start. */
uint64_t sample_queue_lost(struct sample_queue *queue);

#endif
