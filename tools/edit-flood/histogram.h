/* SPDX-License-Identifier: ISC */
/*
 * histogram: how often which value came, in buckets whose width grows with the value: 32 a power of
 * two, so a percentile is right to about 3 %. Fixed size, no pointers: may live in shared memory.
 * One thread at a time. Pure.
 */
#ifndef PLACED_EDIT_FLOOD_HISTOGRAM_H
#define PLACED_EDIT_FLOOD_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_SUB_LOG2 = 5,
    HISTOGRAM_SUB = 1 << HISTOGRAM_SUB_LOG2,
    HISTOGRAM_MAX_LOG2 = 40, /* greater values count as the greatest: 12 days in microseconds */
    HISTOGRAM_BUCKETS = (HISTOGRAM_MAX_LOG2 - HISTOGRAM_SUB_LOG2 + 1) * HISTOGRAM_SUB,
};

struct histogram {
    uint64_t count, sum, min, max; /* min and max are of use when count > 0 */
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

/* Count value n times. */
void histogram_add(struct histogram *histogram, uint64_t value, uint64_t n);

void histogram_merge(struct histogram *into, const struct histogram *from);

/* The value that a share (0 to 1) of all values is not above; 0 when there are none. */
uint64_t histogram_at(const struct histogram *histogram, double share);

double histogram_mean(const struct histogram *histogram);

/* The bounds of a bucket: values from low to high, both within. */
void histogram_bounds(size_t bucket, uint64_t *low, uint64_t *high);

#endif
