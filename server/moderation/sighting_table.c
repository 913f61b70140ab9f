/* SPDX-License-Identifier: ISC */
/*
 * sighting_table: see sighting_table.h. The pairs lie in a ring in the order in which they were
 * added. The pairs of an author are a list, the newest sighting first, whose first pair is found by
 * open addressing.
 */
#include "moderation/sighting_table.h"

#include <stdlib.h>

enum { NONE = 0 }; /* places are counted from 1 */

struct pair {
    uint64_t author, network; /* author 0: empty */
    uint32_t first_s, last_s, shared_s;
    uint32_t mark; /* of the newest record that shared it; 0: none has been read */
    uint32_t next; /* of its author, or NONE */
};

struct sighting_table {
    struct pair *pairs;
    uint32_t room, oldest; /* the place to be used next holds the oldest pair, if any */
    uint32_t count;
    uint32_t *first; /* by the author's hash: its first pair, or NONE */
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
    table->first = calloc(size, sizeof *table->first);
    if (table->pairs && table->first)
        return table;
    sighting_table_destroy(table);
    return NULL;
}

void sighting_table_destroy(struct sighting_table *table)
{
    if (!table)
        return;
    free(table->pairs);
    free(table->first);
    free(table);
}

static struct pair *pair_at(const struct sighting_table *table, uint32_t place)
{
    return &table->pairs[place - 1];
}

/* Author ids are keyed hashes, but those of action numbers are small: spread all of them. */
static uint32_t home_of(const struct sighting_table *table, uint64_t author)
{
    return (uint32_t)(author * UINT64_C(0x9e3779b97f4a7c15) >> 32) & table->mask;
}

/* Where the author's first pair is, or would be. */
static uint32_t find(const struct sighting_table *table, uint64_t author)
{
    uint32_t at = home_of(table, author);
    while (table->first[at] != NONE && pair_at(table, table->first[at])->author != author)
        at = (at + 1) & table->mask;
    return at;
}

/* Empty this slot, and move up what was put behind it only because it was full. */
static void empty_slot(struct sighting_table *table, uint32_t hole)
{
    uint32_t at = hole;
    for (;;) {
        at = (at + 1) & table->mask;
        if (table->first[at] == NONE)
            break;
        uint32_t home = home_of(table, pair_at(table, table->first[at])->author);
        if (((at - home) & table->mask) >= ((at - hole) & table->mask)) {
            table->first[hole] = table->first[at];
            hole = at;
        }
    }
    table->first[hole] = NONE;
}

/* Take a pair out of its author's list and out of the table; its place stays in the ring, empty. */
static void remove_pair(struct sighting_table *table, uint32_t place)
{
    struct pair *pair = pair_at(table, place);
    uint32_t slot = find(table, pair->author);
    uint32_t *link = &table->first[slot];
    while (*link != place)
        link = &pair_at(table, *link)->next;
    if (link == &table->first[slot] && pair->next == NONE)
        empty_slot(table, slot);
    else
        *link = pair->next;
    pair->author = 0;
    table->count--;
}

/* A place for one more pair of this author. */
static uint32_t make_room(struct sighting_table *table, uint64_t author)
{
    uint32_t n = 0, longest_ago = NONE;
    for (uint32_t at = table->first[find(table, author)]; at != NONE;
         at = pair_at(table, at)->next) {
        n++;
        longest_ago = at; /* the last of the list */
    }
    if (n >= SIGHTING_NETWORKS) {
        remove_pair(table, longest_ago);
        return longest_ago;
    }
    uint32_t place = table->oldest + 1;
    table->oldest = (table->oldest + 1) % table->room;
    if (pair_at(table, place)->author != 0)
        remove_pair(table, place);
    return place;
}

/* The pair, as the first of its author's list; *is_new when it was not known. */
static struct pair *bring(struct sighting_table *table, uint64_t author, uint64_t network,
                          int64_t at_ms, bool *is_new)
{
    uint32_t *first = &table->first[find(table, author)], *link = first;
    uint32_t at_s = (uint32_t)(at_ms / 1000);
    while (*link != NONE && pair_at(table, *link)->network != network)
        link = &pair_at(table, *link)->next;
    *is_new = *link == NONE;
    uint32_t place = *link;
    if (*is_new) {
        place = make_room(table, author);
        first = &table->first[find(table, author)]; /* may have moved */
        *pair_at(table, place) = (struct pair){
            .author = author, .network = network, .first_s = at_s, .last_s = at_s, .next = *first};
        *first = place;
        table->count++;
        return pair_at(table, place);
    }
    struct pair *pair = pair_at(table, place);
    if (pair->last_s < at_s)
        pair->last_s = at_s;
    if (pair->first_s > at_s)
        pair->first_s = at_s;
    if (link != first && pair->last_s >= pair_at(table, *first)->last_s) {
        *link = pair->next;
        pair->next = *first;
        *first = place;
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
    for (uint32_t at = table->first[find(table, author)]; at != NONE; at = next) {
        next = pair_at(table, at)->next;
        if (pair_at(table, at)->mark < mark)
            remove_pair(table, at);
    }
}

static struct sighting sighting_of(const struct pair *pair)
{
    return (struct sighting){.author = pair->author,
                             .network = pair->network,
                             .first_ms = (int64_t)pair->first_s * 1000,
                             .last_ms = (int64_t)pair->last_s * 1000};
}

size_t sighting_table_networks(const struct sighting_table *table, uint64_t author,
                               struct sighting *into, size_t room)
{
    size_t n = 0;
    for (uint32_t at = table->first[find(table, author)]; at != NONE;
         at = pair_at(table, at)->next) {
        if (n < room)
            into[n] = sighting_of(pair_at(table, at));
        n++;
    }
    return n;
}

size_t sighting_table_authors(const struct sighting_table *table, uint64_t network,
                              struct sighting *into, size_t room)
{
    size_t n = 0;
    for (uint32_t i = 0; i < table->room; i++) {
        const struct pair *pair = &table->pairs[i];
        if (pair->author == 0 || pair->network != network)
            continue;
        if (n < room)
            into[n] = sighting_of(pair);
        n++;
    }
    return n;
}

size_t sighting_table_count(const struct sighting_table *table)
{
    return table->count;
}
