/* SPDX-License-Identifier: ISC */
/*
 * farm: renders pictures by pools of child processes. A pool is a program that is started a number
 * of times; each child has one task at a time, is killed when it is late, and replaced after so
 * many tasks.
 *
 * Who wants a picture asks, and is told once. Whoever asks for a picture of a job that waits or
 * runs joins that job, so that a picture is never rendered twice at a time. A job that failed is
 * tried again, three times in all; then the answer is FARM_FAILED for ten seconds without another
 * try. A child that was killed by somebody else (SIGKILL, SIGTERM) is no attempt, within reason. A
 * pool whose last jobs all failed rests, and then tries with one job at a time (breaker.h), so that
 * a broken style costs the others nothing; jobs with an input of their own do not count for that.
 *
 * Of the jobs that wait in a pool, those for a waiting browser go first, the stale before batches,
 * in the order in which they were asked for. A job that waits as a batch is promoted when a browser
 * asks for it. Each pool takes so many jobs and no more.
 *
 * The farm knows no store: who has finished pictures is farm_config's `finished`.
 *
 * Threads: all calls from the thread of the event loop; callbacks come there, too. They may ask and
 * leave, scale and renew, but neither remove a pool nor destroy the farm.
 */
#ifndef PLACED_RENDER_FARM_FARM_H
#define PLACED_RENDER_FARM_FARM_H

#include <stddef.h>

#include "render/farm/ask.h"
#include "render/farm/farm_config.h"
#include "render/farm/pool.h"
#include "render/name/picture.h"

struct farm;

enum { FARM_ERROR_BYTES = 256 };

/* config must outlive it. NULL after a message: no memory, or libev's default loop. */
struct farm *farm_create(struct farm_config *config);
/* Kill the children, answer FARM_FULL to all who wait. NULL is fine. */
void farm_destroy(struct farm *farm);

/* Add a pool and start its children; config is copied, but for command, which must outlive the
 * farm. NULL with a reason in error. */
struct pool *farm_add_pool(struct farm *farm, const struct pool_config *config,
                           char error[FARM_ERROR_BYTES]);
/* End its children, answer FARM_FULL to all who wait. */
void farm_remove_pool(struct farm *farm, struct pool *pool);

/* Ask for a picture. The answer comes by waiter->answered, later or within this call. */
void farm_ask(struct farm *farm, struct pool *pool, const struct picture *picture,
              enum farm_priority priority, struct farm_waiter *waiter);
/* The waiter does not want it any more. Its job goes on, behind those that somebody waits for; it
 * is dropped when there is no room for one of those. Fine when it has been answered. */
void farm_leave(struct farm *farm, struct farm_waiter *waiter);

/* The pools in the order in which they were added; NULL behind the last. */
struct pool *farm_pool(const struct farm *farm, size_t i);

#endif
