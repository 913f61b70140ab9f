/* SPDX-License-Identifier: ISC */
/*
 * sample_queue: see sample_queue.h. One writer, one reader: two counters, no lock. When a sample
 * was put in is kept in its known_ms, which the reader of the queue finds out by itself.
 */
#include "moderation/sample_queue.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "moderation/samples.h"
#include "sys/clock.h"

enum { SOME = 64 };

struct sample_queue {
    struct fold fold;
    struct sample_taker taker;
    struct sample_queue_ops ops;
    struct sample *ring;
    int64_t now_ms; /* of the record that is being taken */
    _Atomic uint64_t head, tail, lost;
    atomic_bool all;   /* of a record's edits are taken, else SOME or a few more */
    atomic_bool armed; /* who empties it waits to be told */
};

static void take(struct sample_taker *taker, const struct sample *sample)
{
    struct sample_queue *queue =
        (struct sample_queue *)((char *)taker - offsetof(struct sample_queue, taker));
    uint64_t head = atomic_load_explicit(&queue->head, memory_order_relaxed);
    if (head - atomic_load_explicit(&queue->tail, memory_order_acquire) == SAMPLE_QUEUE_MAX) {
        atomic_fetch_add_explicit(&queue->lost, 1, memory_order_relaxed);
        return;
    }
    struct sample *place = &queue->ring[head % SAMPLE_QUEUE_MAX];
    *place = *sample;
    place->known_ms = queue->now_ms;
    atomic_store_explicit(&queue->head, head + 1, memory_order_release);
}

static int on_record(struct fold *fold, const struct fold_record *record,
                     char error[FOLD_ERROR_BYTES])
{
    struct sample_queue *queue = (struct sample_queue *)fold;
    uint64_t before = atomic_load_explicit(&queue->head, memory_order_relaxed);
    queue->now_ms = clock_now_ms();
    size_t step = 1;
    if (record->edits.n > SOME && !atomic_load_explicit(&queue->all, memory_order_relaxed))
        step = record->edits.n / SOME;
    samples_each(record->record, &record->edits, step, &queue->taker);
    if (before == atomic_load_explicit(&queue->head, memory_order_relaxed))
        return 0;
    /* Either this sees that the other side waits, or that one sees what was put in. */
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&queue->armed, memory_order_relaxed) &&
        atomic_exchange(&queue->armed, false))
        queue->ops.filled(queue->ops.context);
    return 0;
}

struct sample_queue *sample_queue_create(struct sample_queue_ops ops)
{
    static const struct fold_ops fold_ops = {.record = on_record};
    struct sample_queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        return NULL;
    queue->fold = (struct fold){.ops = &fold_ops, .from = FOLD_LIVE};
    queue->taker.take = take;
    queue->ops = ops;
    atomic_init(&queue->armed, true);
    queue->ring = calloc(SAMPLE_QUEUE_MAX, sizeof *queue->ring);
    if (queue->ring)
        return queue;
    free(queue);
    return NULL;
}

void sample_queue_destroy(struct sample_queue *queue)
{
    if (!queue)
        return;
    free(queue->ring);
    free(queue);
}

void sample_queue_take_all(struct sample_queue *queue, bool all)
{
    atomic_store_explicit(&queue->all, all, memory_order_relaxed);
}

struct fold *sample_queue_fold(struct sample_queue *queue)
{
    return &queue->fold;
}

size_t sample_queue_take(struct sample_queue *queue, int64_t before_ms, struct sample *into,
                         size_t room)
{
    uint64_t tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
    uint64_t head = atomic_load_explicit(&queue->head, memory_order_acquire);
    size_t n = 0;
    while (n < room && tail < head && queue->ring[tail % SAMPLE_QUEUE_MAX].known_ms < before_ms)
        into[n++] = queue->ring[tail++ % SAMPLE_QUEUE_MAX];
    atomic_store(&queue->tail, tail);
    return n;
}

int64_t sample_queue_oldest(struct sample_queue *queue)
{
    uint64_t tail = atomic_load_explicit(&queue->tail, memory_order_relaxed);
    if (tail == atomic_load_explicit(&queue->head, memory_order_acquire)) {
        atomic_store(&queue->armed, true);
        atomic_thread_fence(memory_order_seq_cst);
        if (tail == atomic_load_explicit(&queue->head, memory_order_acquire))
            return -1;
        atomic_store(&queue->armed, false); /* filled may be called once too often: fine */
    }
    return queue->ring[tail % SAMPLE_QUEUE_MAX].known_ms;
}

uint64_t sample_queue_lost(struct sample_queue *queue)
{
    return atomic_load_explicit(&queue->lost, memory_order_relaxed);
}
