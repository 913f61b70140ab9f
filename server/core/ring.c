/* SPDX-License-Identifier: ISC */
/*
 * ring: two circular arrays, edits and marks, written by one thread. A sequence lock without a
 * lock: the writer raises `floor` (the oldest mark that stays whole) before it overwrites anything,
 * and raises `count` after a mark is complete; a reader copies between reading `count` and `floor`,
 * and throws its copy away when the floor has passed it. Every shared word is atomic, so a copy
 * that is thrown away was stale, never undefined.
 */
#include "core/ring.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "core/edit.h"

struct mark {
    _Atomic uint64_t version;
    _Atomic uint64_t position;
    _Atomic uint64_t checksum;
};

struct ring {
    uint64_t edits_mask, marks_mask; /* capacities less one */
    _Atomic uint32_t *edits;
    struct mark *marks;
    _Atomic uint64_t count; /* marks ever written */
    _Atomic uint64_t floor; /* index of the oldest mark that can be resumed from */
};

/* Take the memory now, so that the server does not seem to grow for hours. */
static void touch(volatile void *memory, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += 4096)
        ((volatile uint8_t *)memory)[i] = 0;
}

struct ring *ring_create(unsigned edits_log2, unsigned marks_log2)
{
    struct ring *ring = calloc(1, sizeof *ring);
    if (!ring)
        return NULL;
    ring->edits_mask = ((uint64_t)1 << edits_log2) - 1;
    ring->marks_mask = ((uint64_t)1 << marks_log2) - 1;
    size_t edits = ring->edits_mask + 1, marks = ring->marks_mask + 1;
    ring->edits = calloc(edits, sizeof *ring->edits);
    ring->marks = calloc(marks, sizeof *ring->marks);
    if (!ring->edits || !ring->marks) {
        ring_destroy(ring);
        return NULL;
    }
    touch(ring->edits, edits * sizeof *ring->edits);
    touch(ring->marks, marks * sizeof *ring->marks);
    ring_begin(ring, 0, 0);
    return ring;
}

void ring_destroy(struct ring *ring)
{
    if (!ring)
        return;
    free(ring->edits);
    free(ring->marks);
    free(ring);
}

size_t ring_bytes(unsigned edits_log2, unsigned marks_log2)
{
    return sizeof(struct ring) + ((size_t)1 << edits_log2) * sizeof(uint32_t) +
           ((size_t)1 << marks_log2) * sizeof(struct mark);
}

static struct ring_mark mark_at(const struct ring *ring, uint64_t index)
{
    const struct mark *mark = &ring->marks[index & ring->marks_mask];
    return (struct ring_mark){
        .version = atomic_load_explicit(&mark->version, memory_order_relaxed),
        .position = atomic_load_explicit(&mark->position, memory_order_relaxed),
        .checksum = atomic_load_explicit(&mark->checksum, memory_order_relaxed),
    };
}

/* Raise the floor, and let nobody see what is written next without seeing that. */
static void set_floor(struct ring *ring, uint64_t floor)
{
    if (floor <= atomic_load_explicit(&ring->floor, memory_order_relaxed))
        return;
    atomic_store_explicit(&ring->floor, floor, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
}

/* Is what was read from mark `index` on still whole? After the reading. */
static bool still_there(const struct ring *ring, uint64_t index)
{
    atomic_thread_fence(memory_order_acquire);
    return index >= atomic_load_explicit(&ring->floor, memory_order_relaxed);
}

static void store_mark(struct ring *ring, uint64_t index, struct ring_mark value)
{
    struct mark *mark = &ring->marks[index & ring->marks_mask];
    atomic_store_explicit(&mark->version, value.version, memory_order_relaxed);
    atomic_store_explicit(&mark->position, value.position, memory_order_relaxed);
    atomic_store_explicit(&mark->checksum, value.checksum, memory_order_relaxed);
}

static void append_mark(struct ring *ring, struct ring_mark value)
{
    uint64_t count = atomic_load_explicit(&ring->count, memory_order_relaxed);
    if (count > ring->marks_mask)
        set_floor(ring, count - ring->marks_mask);
    store_mark(ring, count, value);
    atomic_store_explicit(&ring->count, count + 1, memory_order_release);
}

void ring_begin(struct ring *ring, uint64_t version, uint64_t checksum)
{
    uint64_t count = atomic_load_explicit(&ring->count, memory_order_relaxed);
    uint64_t position = count == 0 ? 0 : mark_at(ring, count - 1).position;
    /* A gap of one position: no cursor from before is mistaken for one that is up to date. */
    set_floor(ring, count);
    append_mark(ring, (struct ring_mark){version, count == 0 ? 0 : position + 1, checksum});
}

void ring_push(struct ring *ring, const uint8_t *edits, size_t n, uint64_t version,
               uint64_t checksum)
{
    if (n > ring->edits_mask) {
        ring_begin(ring, version, checksum);
        return;
    }
    uint64_t count = atomic_load_explicit(&ring->count, memory_order_relaxed);
    uint64_t floor = atomic_load_explicit(&ring->floor, memory_order_relaxed);
    uint64_t begin = mark_at(ring, count - 1).position;
    while (floor < count && mark_at(ring, floor).position + ring->edits_mask + 1 < begin + n)
        floor++;
    set_floor(ring, floor);
    for (size_t i = 0; i < n; i++)
        atomic_store_explicit(&ring->edits[(begin + i) & ring->edits_mask],
                              edit_load(edits + EDIT_BYTES * i), memory_order_relaxed);
    append_mark(ring, (struct ring_mark){version, begin + n, checksum});
}

struct ring *ring_grow(const struct ring *old, unsigned edits_log2, unsigned marks_log2)
{
    struct ring *ring = ring_create(edits_log2, marks_log2);
    if (!ring)
        return NULL;
    uint64_t count = atomic_load_explicit(&old->count, memory_order_relaxed);
    uint64_t floor = atomic_load_explicit(&old->floor, memory_order_relaxed);
    for (uint64_t i = floor; i < count; i++) {
        struct ring_mark mark = mark_at(old, i);
        store_mark(ring, i, mark);
    }
    uint64_t end = mark_at(old, count - 1).position;
    for (uint64_t p = mark_at(old, floor).position; p < end; p++)
        atomic_store_explicit(
            &ring->edits[p & ring->edits_mask],
            atomic_load_explicit(&old->edits[p & old->edits_mask], memory_order_relaxed),
            memory_order_relaxed);
    atomic_store_explicit(&ring->floor, floor, memory_order_relaxed);
    atomic_store_explicit(&ring->count, count, memory_order_release);
    return ring;
}

struct ring_mark ring_head(const struct ring *ring)
{
    for (;;) {
        uint64_t last = atomic_load_explicit(&ring->count, memory_order_acquire) - 1;
        struct ring_mark mark = mark_at(ring, last);
        if (still_there(ring, last))
            return mark;
    }
}

/* The last mark in [floor, count) for which version <= v, or position <= v; count when there is
 * none. */
static uint64_t last_mark(const struct ring *ring, uint64_t floor, uint64_t count, bool by_version,
                          uint64_t v)
{
    uint64_t low = floor, high = count; /* the answer + 1 is in [low, high] */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        struct ring_mark mark = mark_at(ring, middle);
        if ((by_version ? mark.version : mark.position) <= v)
            low = middle + 1;
        else
            high = middle;
    }
    return low == floor ? count : low - 1;
}

bool ring_find(const struct ring *ring, uint64_t version, uint64_t *position)
{
    uint64_t count = atomic_load_explicit(&ring->count, memory_order_acquire);
    uint64_t floor = atomic_load_explicit(&ring->floor, memory_order_relaxed);
    if (floor >= count)
        return false;
    uint64_t found = last_mark(ring, floor, count, true, version);
    if (found == count)
        return false;
    *position = mark_at(ring, found).position;
    return still_there(ring, floor);
}

enum ring_read ring_copy(const struct ring *ring, uint64_t from, uint64_t to, uint8_t *edits,
                         uint64_t *version)
{
    uint64_t count = atomic_load_explicit(&ring->count, memory_order_acquire);
    uint64_t floor = atomic_load_explicit(&ring->floor, memory_order_relaxed);
    /* The mark at or before `from` must still be whole: it proves that the edits after it are. */
    uint64_t first = floor < count ? last_mark(ring, floor, count, false, from) : count;
    if (first == count)
        return RING_GONE;
    *version = mark_at(ring, last_mark(ring, first, count, false, to)).version;
    for (uint64_t p = from; p < to; p++)
        edit_store(edits + EDIT_BYTES * (p - from),
                   atomic_load_explicit(&ring->edits[p & ring->edits_mask], memory_order_relaxed));
    return still_there(ring, first) ? RING_READ : RING_GONE;
}
