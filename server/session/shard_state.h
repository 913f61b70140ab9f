/* SPDX-License-Identifier: ISC */
/* shard_state: the struct behind shard.h, for shard.c and session.c only. */
#ifndef PLACED_SESSION_SHARD_STATE_H
#define PLACED_SESSION_SHARD_STATE_H

#include "session/fanout.h"
#include "session/intake.h"
#include "session/session.h"
#include "session/shard.h"

/* A place for one session. Its generation tells a session from an earlier one in the same place, so
 * that a ticket of a session that has left is recognised. */
struct slot {
    struct session *session; /* NULL: free */
    uint32_t generation;
    uint32_t next_free;
};

struct shard {
    struct env *env;
    struct log_writer *writer;
    struct reducer *reducer;
    struct ring *ring;
    struct metrics *metrics;
    struct shard_config config;
    struct shard_host *host;
    _Atomic bool notified;
    _Atomic uint64_t picture_bytes;

    struct intake_sink sink;
    struct intake *intake;
    struct fanout *fanout;

    struct slot *slots;
    uint32_t n_slots, room; /* used so far (free ones too), allocated */
    uint32_t free_slot;     /* head of the free list; UINT32_MAX: none */
    uint32_t n_sessions;
    uint32_t
        *owing; /* slots of sessions that are owed something since the last turn; room of them */
    uint32_t n_owing;

    bool readonly, draining;
    uint64_t swept_us;
    uint64_t ping_credit;  /* microseconds, times sessions, not yet spent on pings */
    uint32_t ping_slot;    /* where the next sweep goes on pinging */
    uint64_t beat_us;      /* the last heartbeat */
    uint64_t beat_version; /* checksum told last */
    uint64_t beat_online;  /* online told last */
};

int shard_join(struct shard *shard, struct session *session);
void shard_leave(struct shard *shard, struct session *session);

/* The session in this slot is owed something: pump it in the next turn. */
void shard_list(struct shard *shard, struct session *session);

/* What tickets call the session in this slot. */
uint64_t shard_handle(const struct shard *shard, uint32_t slot);

#endif
