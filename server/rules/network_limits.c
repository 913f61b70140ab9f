/* SPDX-License-Identifier: ISC */
/*
 * network_limits: GCRA as in accounts.c, in microseconds, because what an edit costs a network is a
 * small part of what it costs its author.
 */
#include "rules/network_limits.h"

#include <pthread.h>
#include <stdlib.h>

#include "rules/number_map.h"

enum {
    SEGMENTS = 64,
    SEGMENT_NETWORKS_MAX = 16384, /* 1 million in all, 24 MiB */
    US_PER_MS = 1000,
};

/* By how much more a wider network may draw. */
static const uint32_t wider[VISITOR_NETWORKS] = {
    [VISITOR_NETWORK_NARROW] = 1, [VISITOR_NETWORK_WIDE] = 4, [VISITOR_NETWORK_WIDEST] = 16};

struct segment {
    pthread_mutex_t lock;
    struct number_map tats;
};

struct network_limits {
    int64_t capacity_us;
    uint32_t factor;
    struct segment segments[SEGMENTS];
};

struct network_limits *network_limits_create(uint32_t capacity, uint32_t factor)
{
    struct network_limits *limits = calloc(1, sizeof *limits);
    if (!limits)
        return NULL;
    limits->capacity_us = (int64_t)capacity * US_PER_MS;
    limits->factor = factor;
    for (size_t i = 0; i < SEGMENTS; i++) {
        pthread_mutex_init(&limits->segments[i].lock, NULL);
        number_map_init(&limits->segments[i].tats, SEGMENT_NETWORKS_MAX);
    }
    return limits;
}

void network_limits_destroy(struct network_limits *limits)
{
    if (!limits)
        return;
    for (size_t i = 0; i < SEGMENTS; i++) {
        number_map_finish(&limits->segments[i].tats);
        pthread_mutex_destroy(&limits->segments[i].lock);
    }
    free(limits);
}

static struct segment *segment_of(struct network_limits *limits, uint64_t network)
{
    return &limits->segments[number_map_hash(network) >> 58];
}

/* What it costs the network, in microseconds. */
static int64_t share_of(const struct network_limits *limits, int width, uint32_t cost)
{
    return (int64_t)cost * US_PER_MS / (int64_t)((uint64_t)limits->factor * wider[width]);
}

static bool take(struct network_limits *limits, uint64_t network, int64_t share, int64_t now_us,
                 uint64_t *retry_ms)
{
    struct segment *segment = segment_of(limits, network);
    int64_t need = share < limits->capacity_us ? share : limits->capacity_us;
    bool good = false;
    pthread_mutex_lock(&segment->lock);
    int64_t *tat = number_map_add(&segment->tats, network, now_us);
    if (tat) {
        /* The clock was set back when it is further away than it can be. */
        int64_t most = now_us + limits->capacity_us * 2;
        int64_t from = *tat > now_us && *tat <= most ? *tat : now_us;
        int64_t over = from + need - (now_us + limits->capacity_us);
        good = over <= 0;
        if (good)
            *tat = from + need;
        else
            *retry_ms = (uint64_t)(over + US_PER_MS - 1) / US_PER_MS;
    }
    pthread_mutex_unlock(&segment->lock);
    return good;
}

static void give_back(struct network_limits *limits, uint64_t network, int64_t share)
{
    struct segment *segment = segment_of(limits, network);
    int64_t need = share < limits->capacity_us ? share : limits->capacity_us;
    pthread_mutex_lock(&segment->lock);
    int64_t *tat = number_map_find(&segment->tats, network);
    if (tat)
        *tat -= need;
    pthread_mutex_unlock(&segment->lock);
}

bool network_limits_take(struct network_limits *limits, const uint64_t networks[VISITOR_NETWORKS],
                         uint32_t cost, int64_t now_ms, uint64_t *retry_ms)
{
    *retry_ms = 0;
    for (int width = 0; cost > 0 && width < VISITOR_NETWORKS; width++) {
        if (networks[width] == 0 || take(limits, networks[width], share_of(limits, width, cost),
                                         now_ms * US_PER_MS, retry_ms))
            continue;
        while (width-- > 0) {
            if (networks[width] != 0)
                give_back(limits, networks[width], share_of(limits, width, cost));
        }
        return false;
    }
    return true;
}

void network_limits_give_back(struct network_limits *limits,
                              const uint64_t networks[VISITOR_NETWORKS], uint32_t cost)
{
    for (int width = 0; cost > 0 && width < VISITOR_NETWORKS; width++) {
        if (networks[width] != 0)
            give_back(limits, networks[width], share_of(limits, width, cost));
    }
}
