/* SPDX-License-Identifier: ISC */
/*
 * growing_ring: the ring of one canvas, replaced by a larger one when it would overwrite edits that
 * are younger than a viewer needs to fetch them. A reader that has the old ring may go on using it:
 * rings that were replaced are kept until nobody watches the canvas.
 *
 * All calls under the canvas's lock, but for growing_ring_get.
 */
#ifndef PLACED_PLANE_GROWING_RING_H
#define PLACED_PLANE_GROWING_RING_H

#include <stdatomic.h>
#include <stdbool.h>

#include "core/ring.h"
#include "plane/ring_budget.h"
#include "sys/env.h"

enum { RING_QUARTERS = 4 };

/* How fast the writer goes round: when it entered each of the last four quarters. */
struct ring_lap {
    uint64_t quarter;                   /* the writer is in; counted from the ring's beginning */
    uint64_t entered_us[RING_QUARTERS]; /* quarter q at q % 4; 0: long ago */
};

struct retired_ring;

struct growing_ring {
    _Atomic(struct ring *) ring; /* NULL: there is none */
    struct ring_size size;
    uint64_t n_marks; /* records pushed */
    struct ring_lap edits, marks;
    struct retired_ring *retired;
};

/* The ring as it is now. Any thread that watches the canvas; to be asked for anew for each use. */
static inline struct ring *growing_ring_get(const struct growing_ring *growing)
{
    return atomic_load_explicit(&growing->ring, memory_order_acquire);
}

/* Begin with a ring of this size at a canvas's version and checksum; its bytes have been taken from
 * the budget. -1 when out of memory. */
int growing_ring_begin(struct growing_ring *growing, struct ring_size size, uint64_t now_us,
                       uint64_t version, uint64_t checksum);

/* Would n more edits overwrite some that are too young? To be asked before each push, whether or
 * not anybody watches. */
bool growing_ring_is_fast(struct growing_ring *growing, size_t n, struct env *env,
                          uint64_t keep_us);

/* Go on in a larger ring; its bytes have been taken from the budget. -1 when out of memory. */
int growing_ring_grow(struct growing_ring *growing, struct ring_size size, uint64_t now_us);

/* As ring_push. There is a ring. */
void growing_ring_push(struct growing_ring *growing, const uint8_t *edits, size_t n,
                       uint64_t version, uint64_t checksum);

/* Release the rings that were replaced: nobody watches. Returns their bytes. */
size_t growing_ring_free_retired(struct growing_ring *growing);

/* Release all: nobody watches. Returns the bytes. */
size_t growing_ring_finish(struct growing_ring *growing);

#endif
