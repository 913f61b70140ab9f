/* SPDX-License-Identifier: ISC */
/*
 * fan-out: tells every viewer of a shard what is new in the ring. Each tick the new edits become
 * one encoded frame (several when there are many), and every session that is up to date gets that
 * same buffer; a session that is behind gets its own run. From the shard's thread.
 */
#ifndef PLACED_SESSION_FANOUT_H
#define PLACED_SESSION_FANOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "sys/metrics.h"
#include "core/ring.h"
#include "session/session.h"

struct fanout;

enum told {
    TOLD_ALL,      /* the session is up to date */
    TOLD_BUSY,     /* its transport took no more: go on when it is writable */
    TOLD_BROKEN,   /* its connection is gone */
    TOLD_FELL_OFF, /* what it needs is no longer in the ring */
};

/* A tick at least every tick_us; under overload it stretches to a second. NULL when out of memory.
 */
struct fanout *fanout_create(const struct ring *ring, struct metrics *metrics, uint64_t tick_us);
void fanout_destroy(struct fanout *fanout); /* NULL is fine */

/* Encode what is new, if there is anything and the tick is due (or `now` is forced). True when
 * there are frames to send: then call fanout_send for every viewer. *due becomes when to come
 * again. */
bool fanout_tick(struct fanout *fanout, uint64_t now, bool force, uint64_t *due);

/* After a tick and before anything of it is sent: everybody is told this message right after the
 * tick's last frame, in the same send. False: there is no such frame, or no room. */
bool fanout_ride(struct fanout *fanout, const struct message *message);

/* Send this session the tick's frames, or its own run up to there. Once a tick for everyone; later
 * only for who is not up to date. */
enum told fanout_send(struct fanout *fanout, struct session *session);

/* A tick's frames have been offered to everybody, which took so long: a round of sends shall fill
 * little more than half of the time between two ticks, the rest is for what clients send. */
void fanout_round(struct fanout *fanout, uint64_t took_us);

/* Bring the metrics up to date with what was delivered; once a turn. */
void fanout_count(struct fanout *fanout);

/* Has the session got everything up to the last tick? */
bool fanout_up_to_date(const struct fanout *fanout, const struct session *session);

/* Where the last tick ended; its checksum is only known when whole. */
struct ring_mark fanout_told(const struct fanout *fanout, bool *whole);

#endif
