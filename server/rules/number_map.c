/* SPDX-License-Identifier: ISC */
/*
 * number_map: linear probing. An id's home is its hash times the number of slots, so that any
 * number of slots will do; a slot that becomes free is filled by moving others back, so that a
 * search ends at the first free one. At least a fifth of the slots is free.
 */
#include "rules/number_map.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
    SLOTS_MIN = 16,
    FULL_PERCENT = 80, /* then it grows */
    NEW_PERCENT = 68,  /* full right after that: 3 million ids take 65 to 67 MiB */
    SMALL = 4096,      /* slots; a map that has fewer doubles, which is less work */
    SMALL_PERCENT = 40,
    NEARBY = 16,
};

void number_map_init(struct number_map *map, uint32_t n_max)
{
    *map = (struct number_map){.n_max = n_max};
}

void number_map_finish(struct number_map *map)
{
    free(map->slots);
    number_map_init(map, map->n_max);
}

static uint32_t home_of(const struct number_map *map, uint64_t id)
{
    return (uint32_t)((number_map_hash(id) & UINT32_MAX) * map->n_slots >> 32);
}

static uint32_t next_of(const struct number_map *map, uint32_t at)
{
    return at + 1 == map->n_slots ? 0 : at + 1;
}

/* The slot of the id, or the free one that it would get. There is a free one. */
static struct number_slot *seek(const struct number_map *map, uint64_t id)
{
    uint32_t at = home_of(map, id);
    while (map->slots[at].id != 0 && map->slots[at].id != id)
        at = next_of(map, at);
    return &map->slots[at];
}

int64_t *number_map_find(const struct number_map *map, uint64_t id)
{
    if (!map->slots)
        return NULL;
    struct number_slot *slot = seek(map, id);
    return slot->id == 0 ? NULL : &slot->number;
}

void number_map_prefetch(const struct number_map *map, uint64_t id)
{
    if (map->slots)
        __builtin_prefetch(&map->slots[home_of(map, id)]);
}

/* Into other slots, as many as what is worth keeping needs. -1 when out of memory. */
static int move(struct number_map *map, int64_t worthless)
{
    struct number_map old = *map;
    uint64_t kept = 0;
    for (uint32_t i = 0; i < old.n_slots; i++)
        kept += old.slots[i].id != 0 && old.slots[i].number > worthless;
    map->n_slots =
        (uint32_t)((kept + 1) * 100 / (old.n_slots < SMALL ? SMALL_PERCENT : NEW_PERCENT));
    if (map->n_slots < SLOTS_MIN)
        map->n_slots = SLOTS_MIN;
    map->slots = calloc(map->n_slots, sizeof *map->slots);
    if (!map->slots) {
        *map = old;
        return -1;
    }
    map->n = (uint32_t)kept;
    for (uint32_t i = 0; i < old.n_slots; i++) {
        if (old.slots[i].id != 0 && old.slots[i].number > worthless)
            *seek(map, old.slots[i].id) = old.slots[i];
    }
    free(old.slots);
    return 0;
}

static bool is_full(const struct number_map *map)
{
    return (uint64_t)(map->n + 1) * 100 > (uint64_t)map->n_slots * FULL_PERCENT;
}

static int64_t *put(struct number_map *map, struct number_slot *slot, uint64_t id)
{
    *slot = (struct number_slot){.id = id};
    map->n++;
    return &slot->number;
}

/* It shall not have more slots: the one nearby with the smallest number makes room. */
static int64_t *replace(struct number_map *map, uint64_t id)
{
    uint32_t at = home_of(map, id);
    struct number_slot *least = NULL;
    while (map->slots[at].id == 0)
        at = next_of(map, at);
    for (int i = 0; i < NEARBY && map->slots[at].id != 0; i++, at = next_of(map, at)) {
        if (!least || map->slots[at].number < least->number)
            least = &map->slots[at];
    }
    number_map_remove(map, &least->number);
    return put(map, seek(map, id), id);
}

int64_t *number_map_add(struct number_map *map, uint64_t id, int64_t worthless)
{
    struct number_slot *slot = map->slots ? seek(map, id) : NULL;
    if (slot && slot->id == id)
        return &slot->number;
    if (map->n >= map->n_max)
        return replace(map, id);
    if (!is_full(map))
        return put(map, slot, id);
    if (move(map, worthless) == 0)
        return put(map, seek(map, id), id);
    return slot ? replace(map, id) : NULL;
}

void number_map_remove(struct number_map *map, int64_t *number)
{
    struct number_slot *slot =
        (struct number_slot *)((char *)number - offsetof(struct number_slot, number));
    uint32_t hole = (uint32_t)(slot - map->slots);
    for (uint32_t at = next_of(map, hole); map->slots[at].id != 0; at = next_of(map, at)) {
        /* It may move back if that does not take it before its home. */
        uint32_t home = home_of(map, map->slots[at].id);
        uint32_t from_home = (at >= home ? 0 : map->n_slots) + at - home;
        uint32_t from_hole = (at >= hole ? 0 : map->n_slots) + at - hole;
        if (from_home >= from_hole) {
            map->slots[hole] = map->slots[at];
            hole = at;
        }
    }
    map->slots[hole].id = 0;
    map->n--;
}
