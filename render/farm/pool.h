/* SPDX-License-Identifier: ISC */
/*
 * pool: one program that renders, its children and the jobs that wait for them; what can be changed
 * and seen of it while it runs. Pools are made by the farm (farm.h).
 */
#ifndef PLACED_RENDER_FARM_POOL_H
#define PLACED_RENDER_FARM_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "render/farm/ask.h"
#include "render/farm/farm_config.h"
#include "render/farm/pool_config.h"

struct jobs;
struct renderers;
struct pool;

/* How many children it has from now on; those too many end after their task. With 0, all who wait
 * are answered FARM_FULL. */
void pool_scale(struct pool *pool, unsigned children);
/* Replace all its children, each after its task: their style has changed. Those there are now get
 * no further task. */
void pool_renew(struct pool *pool);

/* ---- looking at it ---- */

enum child_state {
    CHILD_STARTING,
    CHILD_IDLE,
    CHILD_BUSY,
};

struct child_look {
    uint32_t number; /* of this farm, from 1 on, never used again */
    int pid;
    enum child_state state;
    uint32_t tasks; /* finished by it */
};

struct pool_look {
    const char *name;
    unsigned wanted, children, busy;   /* children: of child[] */
    unsigned waiting[FARM_PRIORITIES]; /* jobs */
    uint64_t jobs, pictures, failed;   /* finished since the start; jobs that failed for good */
    uint64_t late, crashed;            /* children killed, and ended by themselves or others */
    uint64_t cpu_us, wall_us, bytes;   /* of finished jobs: processor, time, pictures' bytes */
    bool resting;                      /* its last jobs all failed, or its children do not start */
    struct child_look child[FARM_CHILDREN_MAX];
};

void pool_look(const struct pool *pool, struct pool_look *look);

/* ---- for the farm ---- */

/* NULL: no memory. All four must outlive it. */
struct pool *pool_create(const struct pool_config *config, struct farm_config *farm,
                         struct jobs *jobs, struct renderers *renderers);
/* Kill its children; answer FARM_FULL to all who wait. */
void pool_destroy(struct pool *pool);

#endif
