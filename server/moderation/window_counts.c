/* SPDX-License-Identifier: ISC */
/* window_counts: see window_counts.h. A cache of sets of WAYS keys. */
#include "moderation/window_counts.h"

#include <stdlib.h>
#include <string.h>

enum { WAYS = 8 };

struct entry {
    uint64_t key; /* 0: empty */
    int64_t step; /* of the newest count */
    uint32_t n[WINDOW_STEPS];
};

struct window_counts {
    struct entry *entries;
    size_t sets; /* a power of two */
    int64_t step_ms;
};

struct window_counts *window_counts_create(size_t keys, int64_t step_ms)
{
    struct window_counts *counts = calloc(1, sizeof *counts);
    if (!counts)
        return NULL;
    counts->sets = 1;
    while (counts->sets * WAYS < keys)
        counts->sets *= 2;
    counts->step_ms = step_ms;
    counts->entries = calloc(counts->sets * WAYS, sizeof *counts->entries);
    if (counts->entries)
        return counts;
    free(counts);
    return NULL;
}

void window_counts_destroy(struct window_counts *counts)
{
    if (!counts)
        return;
    free(counts->entries);
    free(counts);
}

/* What of an entry lies in the window that ends with this step. */
static uint64_t sum_of(const struct entry *entry, int64_t step)
{
    uint64_t sum = 0;
    int64_t first = step - WINDOW_STEPS + 1; /* that still counts */
    for (int64_t s = entry->step; s > entry->step - WINDOW_STEPS && s >= first; s--)
        sum += entry->n[s % WINDOW_STEPS];
    return sum;
}

/* Make this step the entry's newest. */
static void advance(struct entry *entry, int64_t step)
{
    if (step - entry->step >= WINDOW_STEPS) {
        memset(entry->n, 0, sizeof entry->n);
        entry->step = step;
    }
    while (entry->step < step)
        entry->n[++entry->step % WINDOW_STEPS] = 0;
}

static struct entry *set_of(const struct window_counts *counts, uint64_t key)
{
    uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);
    return counts->entries + (hash >> 32 & (counts->sets - 1)) * WAYS;
}

uint64_t window_counts_add(struct window_counts *counts, uint64_t key, int64_t time_ms, uint32_t n)
{
    struct entry *set = set_of(counts, key), *entry = set;
    int64_t step = time_ms > 0 ? time_ms / counts->step_ms + WINDOW_STEPS : WINDOW_STEPS;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key) {
            entry = &set[i];
            break;
        }
        uint64_t sum = set[i].key == 0 ? 0 : sum_of(&set[i], step);
        if (sum < least) {
            least = sum;
            entry = &set[i];
        }
    }
    if (entry->key != key)
        *entry = (struct entry){.key = key, .step = step};
    advance(entry, step);
    uint32_t *place = &entry->n[entry->step % WINDOW_STEPS];
    *place = *place > UINT32_MAX - n ? UINT32_MAX : *place + n;
    return sum_of(entry, entry->step);
}

size_t window_counts_top(const struct window_counts *counts, int64_t time_ms,
                         struct window_count *into, size_t room)
{
    int64_t step = time_ms > 0 ? time_ms / counts->step_ms + WINDOW_STEPS : WINDOW_STEPS;
    size_t n = 0;
    for (size_t i = 0; i < counts->sets * WAYS; i++) {
        const struct entry *entry = &counts->entries[i];
        uint64_t sum = entry->key == 0 ? 0 : sum_of(entry, step);
        if (sum == 0 || (n == room && (room == 0 || sum <= into[n - 1].n)))
            continue;
        size_t at = n < room ? n++ : n - 1;
        for (; at > 0 && into[at - 1].n < sum; at--)
            into[at] = into[at - 1];
        into[at] = (struct window_count){entry->key, sum};
    }
    return n;
}
