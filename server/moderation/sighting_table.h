/* SPDX-License-Identifier: ISC */
/*
 * sighting_table: pairs of an author and a network that it was seen in, of bounded number: when
 * there is no room, the pair that was added first makes it. By author, and by network, in O(1).
 * Pure; not for several threads.
 */
#ifndef PLACED_MODERATION_SIGHTING_TABLE_H
#define PLACED_MODERATION_SIGHTING_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIGHTING_NETWORKS = 64
}; /* of one author at most; the one not seen for longest makes room */

/* An author in a network. */
struct sighting {
    uint64_t author, network;
    int64_t first_ms, last_ms; /* since 1970, in whole seconds */
};

struct sighting_table;

/* At most so many pairs, at least 1. NULL when out of memory. */
struct sighting_table *sighting_table_create(size_t pairs);
void sighting_table_destroy(struct sighting_table *table); /* NULL is fine */

/* Note the pair; author and network are not 0. mark: a number that grows with time, or 0. True when
 * the pair was not known, or was last shared `again_ms` ago or earlier: the caller shares it, and
 * it counts as shared now. */
bool sighting_table_note(struct sighting_table *table, uint64_t author, uint64_t network,
                         int64_t now_ms, int64_t again_ms);

/* Note a pair that somebody has shared, in the record with this mark (not 0). */
void sighting_table_shared(struct sighting_table *table, uint64_t author, uint64_t network,
                           int64_t at_ms, uint32_t mark);

/* Forget the author's pairs, but for those that were shared by a record after this mark. */
void sighting_table_forget(struct sighting_table *table, uint64_t author, uint32_t mark);

/* The networks of an author, that of the newest sighting first: at most room of them into *into;
 * returns how many there are. */
size_t sighting_table_networks(const struct sighting_table *table, uint64_t author,
                               struct sighting *into, size_t room);

/* The authors of a network, the one added last first: at most room of them into *into; returns how
 * many there are. */
size_t sighting_table_authors(const struct sighting_table *table, uint64_t network,
                              struct sighting *into, size_t room);

size_t sighting_table_count(const struct sighting_table *table);

#endif
