/* SPDX-License-Identifier: ISC */
/*
 * growing_ring: the writer overwrites, while it is in quarter q, what it wrote in quarter q - 4;
 * all of that is older than the moment when it entered quarter q - 3. So it is enough to look at
 * the clock when a new quarter begins.
 */
#include "plane/growing_ring.h"

#include <stdlib.h>
#include <string.h>

enum { QUARTERS_LOG2 = 2 };

struct retired_ring {
    struct ring *ring;
    size_t bytes;
    struct retired_ring *next;
};

static size_t bytes_of(struct ring_size size)
{
    return ring_bytes(size.edits_log2, size.marks_log2);
}

static uint64_t quarter_of(uint64_t count, unsigned log2)
{
    return count >> (log2 - QUARTERS_LOG2);
}

static void lap_begin(struct ring_lap *lap, uint64_t count, unsigned log2, uint64_t now_us)
{
    memset(lap, 0, sizeof *lap);
    lap->quarter = quarter_of(count, log2);
    lap->entered_us[lap->quarter % RING_QUARTERS] = now_us;
}

/* The writer goes on to `count`, in another quarter than before. Is that too fast? */
static bool lap_enter(struct ring_lap *lap, uint64_t count, unsigned log2, uint64_t now_us,
                      uint64_t keep_us)
{
    uint64_t quarter = quarter_of(count, log2);
    bool jumps = quarter - lap->quarter > 1; /* more than a quarter at once */
    uint64_t complete_us = lap->entered_us[(quarter + 1) % RING_QUARTERS]; /* quarter - 3 */
    lap->quarter = quarter;
    lap->entered_us[quarter % RING_QUARTERS] = now_us;
    return jumps || (complete_us != 0 && now_us - complete_us < keep_us);
}

int growing_ring_begin(struct growing_ring *growing, struct ring_size size, uint64_t now_us,
                       uint64_t version, uint64_t checksum)
{
    struct ring *ring = ring_create(size.edits_log2, size.marks_log2);
    if (!ring)
        return -1;
    ring_begin(ring, version, checksum);
    growing->size = size;
    growing->n_marks = 0;
    lap_begin(&growing->edits, ring_head(ring).position, size.edits_log2, now_us);
    lap_begin(&growing->marks, 0, size.marks_log2, now_us);
    atomic_store_explicit(&growing->ring, ring, memory_order_release);
    return 0;
}

bool growing_ring_is_fast(struct growing_ring *growing, size_t n, struct env *env, uint64_t keep_us)
{
    uint64_t end = ring_head(growing_ring_get(growing)).position + n;
    bool edits = quarter_of(end, growing->size.edits_log2) != growing->edits.quarter;
    bool marks =
        quarter_of(growing->n_marks + 1, growing->size.marks_log2) != growing->marks.quarter;
    if (!edits && !marks)
        return false;
    uint64_t now_us = env_now_us(env);
    bool fast = false;
    if (edits)
        fast |= lap_enter(&growing->edits, end, growing->size.edits_log2, now_us, keep_us);
    if (marks)
        fast |= lap_enter(&growing->marks, growing->n_marks + 1, growing->size.marks_log2, now_us,
                          keep_us);
    return fast;
}

int growing_ring_grow(struct growing_ring *growing, struct ring_size size, uint64_t now_us)
{
    struct ring *old = growing_ring_get(growing);
    struct retired_ring *retired = malloc(sizeof *retired);
    struct ring *ring = retired ? ring_grow(old, size.edits_log2, size.marks_log2) : NULL;
    if (!ring) {
        free(retired);
        return -1;
    }
    *retired = (struct retired_ring){old, bytes_of(growing->size), growing->retired};
    growing->retired = retired;
    growing->size = size;
    lap_begin(&growing->edits, ring_head(ring).position, size.edits_log2, now_us);
    lap_begin(&growing->marks, growing->n_marks, size.marks_log2, now_us);
    atomic_store_explicit(&growing->ring, ring, memory_order_release);
    return 0;
}

void growing_ring_push(struct growing_ring *growing, const uint8_t *edits, size_t n,
                       uint64_t version, uint64_t checksum)
{
    ring_push(growing_ring_get(growing), edits, n, version, checksum);
    growing->n_marks++;
}

size_t growing_ring_free_retired(struct growing_ring *growing)
{
    size_t bytes = 0;
    while (growing->retired) {
        struct retired_ring *retired = growing->retired;
        growing->retired = retired->next;
        bytes += retired->bytes;
        ring_destroy(retired->ring);
        free(retired);
    }
    return bytes;
}

size_t growing_ring_finish(struct growing_ring *growing)
{
    size_t bytes = growing_ring_free_retired(growing);
    struct ring *ring = growing_ring_get(growing);
    if (ring)
        bytes += bytes_of(growing->size);
    atomic_store_explicit(&growing->ring, NULL, memory_order_relaxed);
    ring_destroy(ring);
    return bytes;
}
