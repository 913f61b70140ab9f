/* SPDX-License-Identifier: ISC */
/*
 * ring_budget: the memory that the rings of all canvases share, and how large a ring may be. Rings
 * begin small and are made larger where somebody watches a canvas that is painted fast. Any thread.
 */
#ifndef PLACED_PLANE_RING_BUDGET_H
#define PLACED_PLANE_RING_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/metrics.h"

/* A ring of 2^edits_log2 edits and 2^marks_log2 records. */
struct ring_size {
    unsigned edits_log2, marks_log2;
};

struct ring_plan {
    struct ring_size smallest, largest;
    size_t bytes; /* of all rings together; the smallest one of a watched canvas is always had */
    uint64_t keep_us; /* a ring grows before it overwrites edits younger than this */
};

/* 4,096 edits and 512 records (28 kB) up to 2,097,152 edits and 131,072 records (11 MiB), in
 * 64 MiB; one second. */
extern const struct ring_plan ring_plan_default;

struct ring_budget {
    struct ring_plan plan;
    struct metrics *metrics;
    _Atomic size_t used; /* bytes; also in the metrics */
};

/* Four times as large, or as large as the plan allows. */
struct ring_size ring_size_next(const struct ring_plan *plan, struct ring_size size);

static inline bool ring_size_equal(struct ring_size a, struct ring_size b)
{
    return a.edits_log2 == b.edits_log2 && a.marks_log2 == b.marks_log2;
}

/* Take bytes if not more than limit are taken then. */
bool ring_budget_take(struct ring_budget *budget, size_t bytes, size_t limit);

/* Take bytes though they may be over the budget. */
void ring_budget_force(struct ring_budget *budget, size_t bytes);

void ring_budget_give(struct ring_budget *budget, size_t bytes);

#endif
