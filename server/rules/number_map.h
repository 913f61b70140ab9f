/* SPDX-License-Identifier: ISC */
/*
 * number_map: a signed number for each of many ids, 16 bytes a slot. Open addressing; it grows by a
 * quarter at a time, and leaves out what has become worthless when it does. Pure. One thread at a
 * time.
 */
#ifndef PLACED_RULES_NUMBER_MAP_H
#define PLACED_RULES_NUMBER_MAP_H

#include <stddef.h>
#include <stdint.h>

struct number_slot {
    uint64_t id; /* 0: free */
    int64_t number;
};

struct number_map {
    struct number_slot *slots; /* NULL: it is empty */
    uint32_t n_slots, n;
    uint32_t n_max; /* ids at most; then the one with the smallest number nearby makes room */
};

void number_map_init(struct number_map *map, uint32_t n_max);
void number_map_finish(struct number_map *map);

/* The number of an id (not 0). NULL: it has none. Lives until the next id is added or removed. */
int64_t *number_map_find(const struct number_map *map, uint64_t id);

/* Likewise; an id that has none gets 0. When that takes room, numbers of at most `worthless` are
 * dropped first, but for the one that is returned. NULL when out of memory and none may make room.
 */
int64_t *number_map_add(struct number_map *map, uint64_t id, int64_t worthless);

/* The number that find or add has just returned is no longer there. */
void number_map_remove(struct number_map *map, int64_t *number);

/* Have the slot fetched that this id would be in. */
void number_map_prefetch(const struct number_map *map, uint64_t id);

/* 64 bits of an id, each depending on all of its own: for who spreads ids over several maps. The
 * upper eight are not used by a map. */
static inline uint64_t number_map_hash(uint64_t id)
{
    id = (id ^ id >> 32) * UINT64_C(0xd6e8feb86659fd93);
    id = (id ^ id >> 29) * UINT64_C(0xff51afd7ed558ccd);
    return id ^ id >> 32;
}

#endif
