/* SPDX-License-Identifier: ISC */
/*
 * dispatch: a job's way through a pool: it waits, is given to a child, and is done, tried again,
 * failed for good or given up.
 */
#ifndef PLACED_RENDER_FARM_DISPATCH_H
#define PLACED_RENDER_FARM_DISPATCH_H

#include "render/farm/pool_state.h"

extern const struct crew_events dispatch_events; /* of the pool's crew */

/* May a new job of this priority wait here? If not, in how many seconds it may be asked for
 * again. */
bool dispatch_has_room(struct pool *pool, enum farm_priority priority, unsigned *retry_s);

/* A new job waits; it may be over when this returns. */
void dispatch_take(struct pool *pool, struct job *job, enum farm_priority priority, unsigned place);

/* Somebody else asks for it: it goes to those of a higher priority, if it still waits. */
void dispatch_promote(struct job *job, enum farm_priority priority, unsigned place);

/* Nobody waits for it any more: it goes behind those that somebody waits for. */
void dispatch_demote(struct job *job);

/* Give jobs to the children that are idle. */
void dispatch_run(struct pool *pool);

/* A job that runs waits again, first of all; its child is about to be killed. */
void dispatch_take_back(struct pool *pool, struct job *job);

/* Something of the pool has changed: say so to the farm's observer. */
void dispatch_tell(struct pool *pool);

/* Answer FARM_FULL to all who wait for a job that has not begun. */
void dispatch_give_up(struct pool *pool);

#endif
