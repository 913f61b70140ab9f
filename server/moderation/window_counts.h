/* SPDX-License-Identifier: ISC */
/*
 * window_counts: how often each of many keys came up in a window that slides over time, in memory
 * that does not grow: of keys that fall on the same few places, the rarest makes room. Pure; not
 * for several threads.
 */
#ifndef PLACED_MODERATION_WINDOW_COUNTS_H
#define PLACED_MODERATION_WINDOW_COUNTS_H

#include <stddef.h>
#include <stdint.h>

struct window_counts;

enum { WINDOW_STEPS = 10 }; /* a window slides in so many steps */

struct window_count {
    uint64_t key;
    uint64_t n;
};

/* Counts of about `keys` keys over a window of WINDOW_STEPS * step_ms. NULL when out of memory. */
struct window_counts *window_counts_create(size_t keys, int64_t step_ms);
void window_counts_destroy(struct window_counts *counts); /* NULL is fine */

/* Key (not 0) came up n times at that time. How often in the window that ends with this. Times may
 * go back a little: then it counts as now. */
uint64_t window_counts_add(struct window_counts *counts, uint64_t key, int64_t time_ms, uint32_t n);

/* The keys that came up most often in the window that ends at that time, the most frequent first:
 * at most room of them into *into; returns how many are there. Looks at every key. */
size_t window_counts_top(const struct window_counts *counts, int64_t time_ms,
                         struct window_count *into, size_t room);

#endif
