/* SPDX-License-Identifier: ISC */
/*
 * sighting_table: see sighting_table.h. The pairs lie in a ring in the order in which they were
 * added. The pairs of an author are a list, the newest sighting first, and those of a network are
 * another one; the first pair of each is found by open addressing.
 */
#include "moderation/sighting_table.h"

#include <stdlib.h>

enum { NONE = 0 }; /* places are counted from 1 */

/* The two lists that a pair is in. */
enum by { BY_AUTHOR, BY_NETWORK, KEYS };

struct pair {
    uint64_t keys[KEYS]; /* author 0: empty */
    uint32_t first_s, last_s, shared_s;
    uint32_t mark; /* of the newest record that shared it; 0: none has been read */
    uint32_t next[KEYS], before[KEYS]; /* in its lists, or NONE */
};

struct sighting_table {
    struct pair *pairs;
    uint32_t room, oldest; /* the place to be used next holds the oldest pair, if any */
    uint32_t count;
    uint32_t *first[KEYS]; /* by the key's hash: the first pair of its list, or NONE */
    uint32_t mask;
};

struct sighting_table *sighting_table_create(size_t pairs)
{
    struct sighting_table *table = calloc(1, sizeof *table);
    if (!table)
        return NULL;
    uint32_t size = 4;
    while (size < 2 * pairs)
        size *= 2;
    table->room = (uint32_t)pairs;
    table->mask = size - 1;
    table->pairs = calloc(pairs, sizeof *table->pairs);
    for (int by = 0; by < KEYS; by++)
        table->first[by] = calloc(size, sizeof *table->first[by]);
    if (table->pairs && table->first[BY_AUTHOR] && table->first[BY_NETWORK])
        return table;
    sighting_table_destroy(table);
    return NULL;
}

void sighting_table_destroy(struct sighting_table *table)
{
    if (!table)
        return;
    free(table->pairs);
    for (int by = 0; by < KEYS; by++)
        free(table->first[by]);
    free(table);
}

static struct pair *pair_at(const struct sighting_table *table, uint32_t place)
{
    return &table->pairs[place - 1];
}

/* Author ids are keyed hashes, but those of action numbers are small: spread all of them. */
static uint32_t home_of(const struct sighting_table *table, uint64_t key)
{
    return (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & table->mask;
}

/* Where the first pair of this key is, or would be. */
static uint32_t find(const struct sighting_table *table, enum by by, uint64_t key)
{
    const uint32_t *first = table->first[by];
    uint32_t at = home_of(table, key);
    while (first[at] != NONE && pair_at(table, first[at])->keys[by] != key)
        at = (at + 1) & table->mask;
    return at;
}

/* Empty this slot, and move up what was put behind it only because it was full. */
static void empty_slot(struct sighting_table *table, enum by by, uint32_t hole)
{
    uint32_t *first = table->first[by], at = hole;
    for (;;) {
        at = (at + 1) & table->mask;
        if (first[at] == NONE)
            break;
        uint32_t home = home_of(table, pair_at(table, first[at])->keys[by]);
        if (((at - home) & table->mask) >= ((at - hole) & table->mask)) {
            first[hole] = first[at];
            hole = at;
        }
    }
    first[hole] = NONE;
}

/* Make it the first of a list. */
static void link_first(struct sighting_table *table, enum by by, uint32_t place)
{
    struct pair *pair = pair_at(table, place);
    uint32_t *first = &table->first[by][find(table, by, pair->keys[by])];
    pair->before[by] = NONE;
    pair->next[by] = *first;
    if (*first != NONE)
        pair_at(table, *first)->before[by] = place;
    *first = place;
}

static void unlink_from(struct sighting_table *table, enum by by, uint32_t place)
{
    const struct pair *pair = pair_at(table, place);
    uint32_t next = pair->next[by], before = pair->before[by];
    if (next != NONE)
        pair_at(table, next)->before[by] = before;
    if (before != NONE) {
        pair_at(table, before)->next[by] = next;
        return;
    }
    uint32_t slot = find(table, by, pair->keys[by]);
    if (next != NONE)
        table->first[by][slot] = next;
    else
        empty_slot(table, by, slot);
}

/* Take a pair out of its lists and out of the table; its place stays in the ring, empty. */
static void remove_pair(struct sighting_table *table, uint32_t place)
{
    unlink_from(table, BY_AUTHOR, place);
    unlink_from(table, BY_NETWORK, place);
    pair_at(table, place)->keys[BY_AUTHOR] = 0;
    table->count--;
}

/* The first pair of a list, or NONE. */
static uint32_t first_of(const struct sighting_table *table, enum by by, uint64_t key)
{
    return table->first[by][find(table, by, key)];
}

/* A place for one more pair of this author. */
static uint32_t make_room(struct sighting_table *table, uint64_t author)
{
    uint32_t n = 0, longest_ago = NONE;
    for (uint32_t at = first_of(table, BY_AUTHOR, author); at != NONE;
         at = pair_at(table, at)->next[BY_AUTHOR]) {
        n++;
        longest_ago = at; /* the last of the list */
    }
    if (n >= SIGHTING_NETWORKS) {
        remove_pair(table, longest_ago);
        return longest_ago;
    }
    uint32_t place = table->oldest + 1;
    table->oldest = (table->oldest + 1) % table->room;
    if (pair_at(table, place)->keys[BY_AUTHOR] != 0)
        remove_pair(table, place);
    return place;
}

/* The pair, as the first of its author's list; *is_new when it was not known. */
static struct pair *bring(struct sighting_table *table, uint64_t author, uint64_t network,
                          int64_t at_ms, bool *is_new)
{
    uint32_t first = first_of(table, BY_AUTHOR, author), place = first;
    uint32_t at_s = (uint32_t)(at_ms / 1000);
    while (place != NONE && pair_at(table, place)->keys[BY_NETWORK] != network)
        place = pair_at(table, place)->next[BY_AUTHOR];
    *is_new = place == NONE;
    if (*is_new) {
        place = make_room(table, author);
        *pair_at(table, place) =
            (struct pair){.keys = {author, network}, .first_s = at_s, .last_s = at_s};
        link_first(table, BY_AUTHOR, place);
        link_first(table, BY_NETWORK, place);
        table->count++;
        return pair_at(table, place);
    }
    struct pair *pair = pair_at(table, place);
    if (pair->last_s < at_s)
        pair->last_s = at_s;
    if (pair->first_s > at_s)
        pair->first_s = at_s;
    if (place != first && pair->last_s >= pair_at(table, first)->last_s) {
        unlink_from(table, BY_AUTHOR, place);
        link_first(table, BY_AUTHOR, place);
    }
    return pair;
}

bool sighting_table_note(struct sighting_table *table, uint64_t author, uint64_t network,
                         int64_t now_ms, int64_t again_ms)
{
    bool is_new;
    struct pair *pair = bring(table, author, network, now_ms, &is_new);
    if (!is_new && now_ms - (int64_t)pair->shared_s * 1000 < again_ms)
        return false;
    pair->shared_s = (uint32_t)(now_ms / 1000);
    return true;
}

void sighting_table_shared(struct sighting_table *table, uint64_t author, uint64_t network,
                           int64_t at_ms, uint32_t mark)
{
    bool is_new;
    struct pair *pair = bring(table, author, network, at_ms, &is_new);
    if (pair->mark < mark)
        pair->mark = mark;
    if (pair->shared_s < (uint32_t)(at_ms / 1000))
        pair->shared_s = (uint32_t)(at_ms / 1000);
}

void sighting_table_forget(struct sighting_table *table, uint64_t author, uint32_t mark)
{
    uint32_t next;
    for (uint32_t at = first_of(table, BY_AUTHOR, author); at != NONE; at = next) {
        next = pair_at(table, at)->next[BY_AUTHOR];
        if (pair_at(table, at)->mark < mark)
            remove_pair(table, at);
    }
}

static struct sighting sighting_of(const struct pair *pair)
{
    return (struct sighting){.author = pair->keys[BY_AUTHOR],
                             .network = pair->keys[BY_NETWORK],
                             .first_ms = (int64_t)pair->first_s * 1000,
                             .last_ms = (int64_t)pair->last_s * 1000};
}

static size_t list(const struct sighting_table *table, enum by by, uint64_t key,
                   struct sighting *into, size_t room)
{
    size_t n = 0;
    for (uint32_t at = first_of(table, by, key); at != NONE; at = pair_at(table, at)->next[by]) {
        if (n < room)
            into[n] = sighting_of(pair_at(table, at));
        n++;
    }
    return n;
}

size_t sighting_table_networks(const struct sighting_table *table, uint64_t author,
                               struct sighting *into, size_t room)
{
    return list(table, BY_AUTHOR, author, into, room);
}

size_t sighting_table_authors(const struct sighting_table *table, uint64_t network,
                              struct sighting *into, size_t room)
{
    return list(table, BY_NETWORK, network, into, room);
}

size_t sighting_table_count(const struct sighting_table *table)
{
    return table->count;
}
