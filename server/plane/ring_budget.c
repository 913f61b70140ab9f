/* SPDX-License-Identifier: ISC */
/* ring_budget: one counter. */
#include "plane/ring_budget.h"

enum { GROW_LOG2 = 2 }; /* a ring grows by this factor: four */

const struct ring_plan ring_plan_default = {
    .smallest = {.edits_log2 = 12, .marks_log2 = 9},
    .largest = {.edits_log2 = 21, .marks_log2 = 17},
    .bytes = 64 << 20,
    .keep_us = 1000 * 1000,
};

static unsigned next_log2(unsigned log2, unsigned largest)
{
    return log2 + GROW_LOG2 < largest ? log2 + GROW_LOG2 : largest;
}

struct ring_size ring_size_next(const struct ring_plan *plan, struct ring_size size)
{
    return (struct ring_size){
        .edits_log2 = next_log2(size.edits_log2, plan->largest.edits_log2),
        .marks_log2 = next_log2(size.marks_log2, plan->largest.marks_log2),
    };
}

bool ring_budget_take(struct ring_budget *budget, size_t bytes, size_t limit)
{
    size_t used = atomic_load_explicit(&budget->used, memory_order_relaxed);
    do {
        if (used + bytes > limit)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&budget->used, &used, used + bytes,
                                                    memory_order_relaxed, memory_order_relaxed));
    metric_add(budget->metrics, ring_bytes, bytes);
    return true;
}

void ring_budget_force(struct ring_budget *budget, size_t bytes)
{
    atomic_fetch_add_explicit(&budget->used, bytes, memory_order_relaxed);
    metric_add(budget->metrics, ring_bytes, bytes);
}

void ring_budget_give(struct ring_budget *budget, size_t bytes)
{
    atomic_fetch_sub_explicit(&budget->used, bytes, memory_order_relaxed);
    metric_add(budget->metrics, ring_bytes, -(uint64_t)bytes);
}
