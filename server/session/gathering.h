/* SPDX-License-Identifier: ISC */
/*
 * gathering: the edits of one canvas that will be the next record, or the next few, and the tickets
 * of the messages that they came in, which say who made them and what they cost. A message is never
 * cut. Shard's thread.
 */
#ifndef PLACED_SESSION_GATHERING_H
#define PLACED_SESSION_GATHERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"
#include "rules/rules.h"

/* Who sent a message: a session's handle (see roster.h), and the message's id; and what the rules
 * have reserved for it. */
struct ticket {
    uint64_t handle;
    uint32_t id;
    uint32_t edits;
    struct reservation reservation;
};

struct gathering {
    struct position position;
    uint8_t *bytes; /* room for a position, then the edits */
    size_t n_edits, edits_room;
    struct ticket *tickets;
    size_t n_tickets, tickets_room;
    uint64_t flushed_us; /* when a record was last made; 0: never */
    bool is_listed;      /* in the intake's list of those that have something */
};

/* What a record may hold. */
struct record_room {
    size_t bytes; /* of value, header a and header e */
    size_t edits;
    bool costs; /* it gets a header e */
};

/* One record to make of it. */
struct gathered {
    struct span value;
    size_t n_edits, n_tickets;
    size_t n_runs; /* of authors: neighbouring messages of one author share a run */
};

/* Would one more message of so many edits make it more than one record? It may be said of one for
 * which there is just room: every message counts as a run. */
bool gathering_is_full(const struct gathering *gathering, const struct record_room *room,
                       size_t edits);

/* One more message. -1 when out of memory. */
int gathering_add(struct gathering *gathering, const struct ticket *ticket, const uint8_t *edits);

/* The first messages, as many as make one record; one at least. */
struct gathered gathering_first(struct gathering *gathering, const struct record_room *room);

/* Write the headers of that record: 1 + n_runs * AUTHORS_RUN_BYTES bytes, and costs_bytes(n_runs)
 * (NULL: no header e). */
void gathering_store_headers(const struct gathering *gathering, const struct gathered *gathered,
                             uint8_t *authors, uint8_t *costs);

/* They have been taken over. */
void gathering_drop(struct gathering *gathering, const struct gathered *gathered);

/* Release its memory; it is empty then. */
void gathering_clear(struct gathering *gathering);

#endif
