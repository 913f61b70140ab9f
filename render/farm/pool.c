/* SPDX-License-Identifier: ISC */
/* pool: see pool.h. */
#include "render/farm/pool.h"

#include <stdlib.h>

#include "render/farm/dispatch.h"
#include "render/farm/pool_state.h"

struct pool *pool_create(const struct pool_config *config, struct farm_config *farm,
                         struct jobs *jobs, struct renderers *renderers)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->config = *config;
    pool->farm = farm;
    pool->jobs = jobs;
    for (unsigned i = 0; i < FARM_PRIORITIES; i++)
        TAILQ_INIT(&pool->waiting[i]);
    crew_init(&pool->crew, renderers, &dispatch_events, pool->config.name, config->command,
              config->start_ms, config->tasks);
    crew_scale(&pool->crew, config->children);
    return pool;
}

void pool_destroy(struct pool *pool)
{
    struct renderer *child;
    pool->closing = true;
    /* Jobs that run wait again, and are answered with the others. */
    TAILQ_FOREACH (child, &pool->crew.children, entry)
        if (child->task)
            dispatch_take_back(pool, child->task);
    crew_finish(&pool->crew);
    dispatch_give_up(pool);
    free(pool);
}

void pool_scale(struct pool *pool, unsigned children)
{
    crew_scale(&pool->crew, children < FARM_CHILDREN_MAX ? children : FARM_CHILDREN_MAX);
    if (children == 0)
        dispatch_give_up(pool);
    dispatch_run(pool);
    dispatch_tell(pool);
}

void pool_renew(struct pool *pool)
{
    crew_renew(&pool->crew);
    pool->breaker = (struct breaker){0};
    pool->probe = NULL;
    dispatch_tell(pool);
}

static struct child_look look_at(const struct renderer *child)
{
    static const enum child_state states[] = {
        [RENDERER_STARTING] = CHILD_STARTING,
        [RENDERER_IDLE] = CHILD_IDLE,
        [RENDERER_BUSY] = CHILD_BUSY,
    };
    return (struct child_look){child->number, child->child.pid, states[child->state], child->tasks};
}

void pool_look(const struct pool *pool, struct pool_look *look)
{
    const struct renderer *child;
    look->name = pool->config.name;
    look->wanted = pool->crew.wanted;
    look->children = look->busy = 0;
    for (unsigned i = 0; i < FARM_PRIORITIES; i++)
        look->waiting[i] = pool->n_waiting[i];
    look->jobs = pool->n_jobs;
    look->pictures = pool->n_pictures;
    look->failed = pool->n_failed;
    look->late = pool->crew.late;
    look->crashed = pool->crew.crashed;
    look->cpu_us = pool->cpu_us;
    look->wall_us = pool->wall_us;
    look->bytes = pool->bytes;
    look->resting = pool->breaker.open || crew_fails(&pool->crew);
    TAILQ_FOREACH (child, &pool->crew.children, entry)
        if (!child->killed && look->children < FARM_CHILDREN_MAX) {
            look->child[look->children++] = look_at(child);
            look->busy += child->state == RENDERER_BUSY;
        }
}
