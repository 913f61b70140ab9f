/* SPDX-License-Identifier: ISC */
/* histogram: see histogram.h. Values below 32 have a bucket each. */
#include "histogram.h"

static size_t bucket_of(uint64_t value)
{
    if (value < HISTOGRAM_SUB)
        return (size_t)value;
    unsigned shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_SUB_LOG2;
    return (size_t)shift * HISTOGRAM_SUB + (size_t)(value >> shift);
}

void histogram_bounds(size_t bucket, uint64_t *low, uint64_t *high)
{
    if (bucket < 2 * HISTOGRAM_SUB) {
        *low = *high = bucket;
        return;
    }
    size_t shift = bucket / HISTOGRAM_SUB - 1;
    *low = (uint64_t)(bucket % HISTOGRAM_SUB + HISTOGRAM_SUB) << shift;
    *high = *low + ((uint64_t)1 << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t value, uint64_t n)
{
    if (n == 0)
        return;
    if (value >= (uint64_t)1 << HISTOGRAM_MAX_LOG2)
        value = ((uint64_t)1 << HISTOGRAM_MAX_LOG2) - 1;
    if (histogram->count == 0 || value < histogram->min)
        histogram->min = value;
    if (value > histogram->max)
        histogram->max = value;
    histogram->count += n;
    histogram->sum += value * n;
    histogram->buckets[bucket_of(value)] += n;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    if (from->count == 0)
        return;
    if (into->count == 0 || from->min < into->min)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    into->count += from->count;
    into->sum += from->sum;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
}

uint64_t histogram_at(const struct histogram *histogram, double share)
{
    if (histogram->count == 0)
        return 0;
    uint64_t wanted = (uint64_t)(share * (double)histogram->count + 0.999999);
    if (wanted < 1)
        wanted = 1;
    uint64_t so_far = 0, low, high = histogram->max;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        so_far += histogram->buckets[i];
        if (so_far >= wanted) {
            histogram_bounds(i, &low, &high);
            break;
        }
    }
    if (high > histogram->max)
        high = histogram->max;
    return high < histogram->min ? histogram->min : high;
}

double histogram_mean(const struct histogram *histogram)
{
    return histogram->count == 0 ? 0 : (double)histogram->sum / (double)histogram->count;
}
