/* SPDX-License-Identifier: ISC */
/*
 * accounts: 256 segments of three maps. Only the reader's thread adds to the table of the log, so
 * only one segment at a time needs room for two.
 *
 * A clock that was wrong must not keep anybody from drawing: a tat that is further away than the
 * largest debt that can come about is no debt. It is disregarded when an edit is judged, and
 * replaced when the next one lands, so all servers replace it at the same record.
 */
#include "rules/accounts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "rules/number_map.h"

enum {
    SEGMENTS = 256,
    SEGMENT_AUTHORS_MAX = 65536, /* 16 million in all */
    /* How long after it is worth nothing a tat may still be in the table. Servers' clocks differ,
     * and a record may be older than the one before it. */
    SLACK_MS = 60 * 1000,
};

struct segment {
    pthread_mutex_t lock;
    struct number_map tats;    /* of the log; the reader's thread adds */
    struct number_map pending; /* milliseconds */
    struct number_map kept; /* tats that are later than the log's, because of what nobody knows */
};

struct accounts {
    int64_t debt_max; /* milliseconds after now at which a tat can be */
    atomic_size_t n;
    struct segment segments[SEGMENTS];
};

static struct segment *segment_of(struct accounts *accounts, uint64_t author)
{
    return &accounts->segments[number_map_hash(author) >> 56];
}

struct accounts *accounts_create(uint32_t capacity)
{
    struct accounts *accounts = calloc(1, sizeof *accounts);
    if (!accounts)
        return NULL;
    accounts->debt_max = (int64_t)capacity * ENERGY_DEBT_MAX;
    for (size_t i = 0; i < SEGMENTS; i++) {
        struct segment *segment = &accounts->segments[i];
        pthread_mutex_init(&segment->lock, NULL);
        number_map_init(&segment->tats, SEGMENT_AUTHORS_MAX);
        number_map_init(&segment->pending, UINT32_MAX / 2);
        number_map_init(&segment->kept, SEGMENT_AUTHORS_MAX);
    }
    return accounts;
}

void accounts_destroy(struct accounts *accounts)
{
    if (!accounts)
        return;
    for (size_t i = 0; i < SEGMENTS; i++) {
        struct segment *segment = &accounts->segments[i];
        number_map_finish(&segment->tats);
        number_map_finish(&segment->pending);
        number_map_finish(&segment->kept);
        pthread_mutex_destroy(&segment->lock);
    }
    free(accounts);
}

/* ---- under a segment's lock */

static int64_t number_of(const struct number_map *map, uint64_t author)
{
    const int64_t *found = number_map_find(map, author);
    return found ? *found : 0;
}

/* tat after edits that were made at that time. */
static int64_t spend(const struct accounts *accounts, int64_t tat, int64_t time_ms, uint32_t cost)
{
    return (tat > time_ms && tat <= time_ms + accounts->debt_max ? tat : time_ms) + cost;
}

/* When the author would have a full charge if nothing were pending. */
static int64_t tat_of(const struct accounts *accounts, struct segment *segment, uint64_t author,
                      int64_t now_ms)
{
    int64_t tat = spend(accounts, number_of(&segment->tats, author), now_ms, 0);
    int64_t *kept = number_map_find(&segment->kept, author);
    if (kept) {
        int64_t later = spend(accounts, *kept, now_ms, 0);
        if (later > tat)
            tat = later;
        else /* it has caught up */
            number_map_remove(&segment->kept, kept);
    }
    return tat;
}

/* pending: what is, or NULL. */
static int64_t available_of(const struct accounts *accounts, struct segment *segment,
                            uint64_t author, const int64_t *pending, const struct policy *policy,
                            int64_t now_ms)
{
    int64_t tat = tat_of(accounts, segment, author, now_ms) + (pending ? *pending : 0);
    return policy->capacity - (tat - now_ms);
}

static void release(struct segment *segment, uint64_t author, uint32_t cost)
{
    int64_t *pending = number_map_find(&segment->pending, author);
    if (!pending)
        return;
    *pending -= cost;
    if (*pending <= 0)
        number_map_remove(&segment->pending, pending);
}

/* ---- before the append */

bool accounts_reserve(struct accounts *accounts, uint64_t author, const struct policy *policy,
                      const struct price *price, int64_t now_ms, uint32_t *cost, uint64_t *retry_ms)
{
    struct segment *segment = segment_of(accounts, author);
    pthread_mutex_lock(&segment->lock);
    int64_t *pending = number_map_find(&segment->pending, author);
    int64_t available = available_of(accounts, segment, author, pending, policy, now_ms);
    bool good = energy_take(policy, price, available, cost, retry_ms);
    if (good && *cost > 0 && !pending)
        pending = number_map_add(&segment->pending, author, 0);
    if (good && pending)
        *pending += *cost;
    good = good && (pending || *cost == 0); /* else: out of memory */
    pthread_mutex_unlock(&segment->lock);
    return good;
}

void accounts_give_back(struct accounts *accounts, uint64_t author, uint32_t cost)
{
    struct segment *segment = segment_of(accounts, author);
    pthread_mutex_lock(&segment->lock);
    release(segment, author, cost);
    pthread_mutex_unlock(&segment->lock);
}

void accounts_keep(struct accounts *accounts, uint64_t author, uint32_t cost, int64_t now_ms)
{
    struct segment *segment = segment_of(accounts, author);
    pthread_mutex_lock(&segment->lock);
    release(segment, author, cost);
    int64_t tat = number_of(&segment->tats, author);
    int64_t *kept = number_map_add(&segment->kept, author, now_ms);
    if (kept)
        *kept = spend(accounts, *kept > tat ? *kept : tat, now_ms, cost);
    pthread_mutex_unlock(&segment->lock);
}

int64_t accounts_available(struct accounts *accounts, uint64_t author, const struct policy *policy,
                           int64_t now_ms)
{
    struct segment *segment = segment_of(accounts, author);
    pthread_mutex_lock(&segment->lock);
    const int64_t *pending = number_map_find(&segment->pending, author);
    int64_t available = available_of(accounts, segment, author, pending, policy, now_ms);
    pthread_mutex_unlock(&segment->lock);
    return available;
}

void accounts_refill(struct accounts *accounts, uint64_t author)
{
    struct segment *segment = segment_of(accounts, author);
    pthread_mutex_lock(&segment->lock);
    int64_t *tat = number_map_find(&segment->tats, author);
    int64_t *kept = number_map_find(&segment->kept, author);
    if (tat)
        *tat = 0;
    if (kept)
        number_map_remove(&segment->kept, kept);
    pthread_mutex_unlock(&segment->lock);
}

/* ---- the fold */

void accounts_land(struct accounts *accounts, uint64_t author, uint32_t cost, int64_t time_ms,
                   enum landed landed)
{
    struct segment *segment = segment_of(accounts, author);
    pthread_mutex_lock(&segment->lock);
    uint32_t before = segment->tats.n;
    int64_t *tat = number_map_add(&segment->tats, author, time_ms - SLACK_MS);
    if (tat) /* else: out of memory, and nobody has less than a full charge */
        *tat = spend(accounts, *tat, time_ms, cost);
    int64_t *kept = number_map_find(&segment->kept, author);
    if (kept && landed != LANDED_KEPT)
        *kept = spend(accounts, *kept, time_ms, cost);
    if (landed == LANDED_OWN)
        release(segment, author, cost);
    uint32_t after = segment->tats.n;
    pthread_mutex_unlock(&segment->lock);
    if (after != before)
        atomic_fetch_add_explicit(&accounts->n, (size_t)after - before, memory_order_relaxed);
}

void accounts_prefetch(const struct accounts *accounts, uint64_t author)
{
    number_map_prefetch(&accounts->segments[number_map_hash(author) >> 56].tats, author);
}

/* ---- to look at it */

size_t accounts_count(const struct accounts *accounts)
{
    return atomic_load_explicit(&accounts->n, memory_order_relaxed);
}

uint64_t accounts_sum(struct accounts *accounts, int64_t time_ms)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < SEGMENTS; i++) {
        struct segment *segment = &accounts->segments[i];
        pthread_mutex_lock(&segment->lock);
        for (uint32_t j = 0; j < segment->tats.n_slots; j++) {
            const struct number_slot *slot = &segment->tats.slots[j];
            if (slot->id != 0 && slot->number > time_ms)
                sum += number_map_hash(slot->id ^ number_map_hash((uint64_t)slot->number));
        }
        pthread_mutex_unlock(&segment->lock);
    }
    return sum;
}

uint64_t accounts_pending(struct accounts *accounts)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < SEGMENTS; i++) {
        struct segment *segment = &accounts->segments[i];
        pthread_mutex_lock(&segment->lock);
        for (uint32_t j = 0; j < segment->pending.n_slots; j++)
            sum += segment->pending.slots[j].id ? (uint64_t)segment->pending.slots[j].number : 0;
        pthread_mutex_unlock(&segment->lock);
    }
    return sum;
}
