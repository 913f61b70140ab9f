/* SPDX-License-Identifier: ISC */
/*
 * sightings: which author was seen drawing from which (narrow) network, by this server and by all
 * others of the set, so that a moderator's net:ID finds the authors behind it. Any thread; the note
 * of an edit is one look into a table under a lock of its shard that is held for a few assignments.
 */
#ifndef PLACED_MODERATION_SIGHTINGS_H
#define PLACED_MODERATION_SIGHTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "moderation/sighting_table.h"
#include "rules/visitor.h"

struct sightings;

enum {
    SIGHTINGS_PAIRS = 1 << 20,   /* known at most */
    SIGHTINGS_WAITING = 1 << 16, /* new ones that wait to be shared, at most */
};

/* NULL when out of memory. */
struct sightings *sightings_create(void);
void sightings_destroy(struct sightings *sightings); /* NULL is fine */

/* An edit of this visitor was taken just now (wall clock). */
void sightings_note(struct sightings *sightings, const struct visitor *visitor, int64_t now_ms);

/* Another server, or this one before, has seen them: in the record of the control log with this
 * action number. */
void sightings_shared(struct sightings *sightings, uint64_t author, uint64_t network, int64_t at_ms,
                      uint64_t action);

/* Forget an author, by the record with this action number: what was seen after it stays. */
void sightings_forget(struct sightings *sightings, uint64_t author, uint64_t action);

/* Pairs that nobody has shared yet, which are the caller's to share from now on; returns how many.
 */
size_t sightings_take(struct sightings *sightings, struct sighting *into, size_t room);

/* The networks of an author, that of the newest sighting first: at most room of them into *into;
 * returns how many there are. */
size_t sightings_networks(struct sightings *sightings, uint64_t author, struct sighting *into,
                          size_t room);

/* The network in which an author was seen last; 0: none is known. */
uint64_t sightings_network(struct sightings *sightings, uint64_t author);

/* The authors of a network, in no order: at most room of them into *into; returns how many there
 * are. */
size_t sightings_authors(struct sightings *sightings, uint64_t network, struct sighting *into,
                         size_t room);

#endif
