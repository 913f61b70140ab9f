/* SPDX-License-Identifier: ISC */
/*
 * roster: the sessions of a shard by number, so that what comes back for one that has left is
 * recognised; and which of them have something pending besides frames. Shard's thread.
 */
#ifndef PLACED_SESSION_ROSTER_H
#define PLACED_SESSION_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

struct session;

/* A place for one session. Its generation tells a session from an earlier one in the same place. */
struct roster_slot {
    struct session *session; /* NULL: free */
    uint32_t generation;
    uint32_t next_free;
    bool is_pending;
};

struct roster {
    struct roster_slot *slots;
    uint32_t n_slots, room; /* used so far (free ones too), allocated */
    uint32_t free_slot;     /* head of the free list */
    uint32_t n_sessions;
    uint32_t *pending; /* slots of sessions that have something pending; room of them */
    uint32_t n_pending;
};

void roster_init(struct roster *roster);
void roster_finish(struct roster *roster);

/* -1 when out of memory. */
int roster_add(struct roster *roster, struct session *session, uint32_t *slot);
void roster_remove(struct roster *roster, uint32_t slot);

/* What a session is called outside, for instance on a batch; roster_find gives NULL once it has
 * left. */
uint64_t roster_handle(const struct roster *roster, uint32_t slot);
struct session *roster_find(const struct roster *roster, uint64_t handle);

/* The session in this slot has something pending. */
void roster_set_pending(struct roster *roster, uint32_t slot);

/* One session that has, which is then off the list; NULL when there is none. */
struct session *roster_take_pending(struct roster *roster);

#endif
