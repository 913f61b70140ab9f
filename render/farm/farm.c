/* SPDX-License-Identifier: ISC */
/* farm: see farm.h. */
#include "render/farm/farm.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/farm/dispatch.h"
#include "render/farm/jobs.h"
#include "render/farm/pool_state.h"
#include "render/farm/renderer.h"
#include "sys/diag.h"

struct farm {
    struct farm_config *config;
    struct jobs *jobs;
    size_t n_pools;
    struct pool **pools;
    struct renderers renderers;
};

struct farm *farm_create(struct farm_config *config)
{
    if (ev_is_default_loop(config->loop)) {
        diag_error("farm: libev's default loop would reap the children by itself");
        return NULL;
    }
    struct farm *farm = calloc(1, sizeof *farm);
    struct jobs *jobs = jobs_create(config);
    if (!farm || !jobs) {
        diag_error("farm: no memory");
        jobs_destroy(jobs);
        free(farm);
        return NULL;
    }
    farm->config = config;
    farm->jobs = jobs;
    renderers_init(&farm->renderers, config->loop);
    return farm;
}

void farm_destroy(struct farm *farm)
{
    if (!farm)
        return;
    while (farm->n_pools > 0)
        farm_remove_pool(farm, farm->pools[farm->n_pools - 1]);
    renderers_finish(&farm->renderers);
    jobs_destroy(farm->jobs);
    free(farm->pools);
    free(farm);
}

/* 0, or -1 with a reason. */
static int check_config(const struct pool_config *config, char error[FARM_ERROR_BYTES])
{
    if (!memchr(config->name, '\0', sizeof config->name) || !config->name[0] || !config->command ||
        !config->command[0] || config->children > FARM_CHILDREN_MAX || config->task_ms == 0 ||
        config->start_ms == 0 || config->tasks == 0 || config->jobs == 0) {
        snprintf(error, FARM_ERROR_BYTES,
                 "a pool needs a name and a program, at most %d children, and times, tasks and "
                 "jobs above 0",
                 FARM_CHILDREN_MAX);
        return -1;
    }
    return 0;
}

struct pool *farm_add_pool(struct farm *farm, const struct pool_config *config,
                           char error[FARM_ERROR_BYTES])
{
    if (check_config(config, error) != 0)
        return NULL;
    struct pool **pools = realloc(farm->pools, (farm->n_pools + 1) * sizeof *pools);
    if (pools)
        farm->pools = pools;
    struct pool *pool =
        pools ? pool_create(config, farm->config, farm->jobs, &farm->renderers) : NULL;
    if (!pool) {
        snprintf(error, FARM_ERROR_BYTES, "%s: no memory", config->name);
        return NULL;
    }
    farm->pools[farm->n_pools++] = pool;
    return pool;
}

void farm_remove_pool(struct farm *farm, struct pool *pool)
{
    size_t i = 0;
    while (farm->pools[i] != pool)
        i++;
    pool_destroy(pool);
    farm->n_pools--;
    memmove(&farm->pools[i], &farm->pools[i + 1], (farm->n_pools - i) * sizeof *farm->pools);
}

struct pool *farm_pool(const struct farm *farm, size_t i)
{
    return i < farm->n_pools ? farm->pools[i] : NULL;
}

static void refuse(struct farm_waiter *waiter, unsigned retry_s)
{
    waiter->link = NULL;
    waiter->answered(waiter, &(struct farm_answer){.outcome = FARM_FULL, .retry_s = retry_s});
}

void farm_ask(struct farm *farm, struct pool *pool, const struct picture *picture,
              enum farm_priority priority, struct farm_waiter *waiter)
{
    struct picture first;
    unsigned place = picture_job(picture, &first), retry_s = 1;
    struct job *job = jobs_find(farm->jobs, &first);
    if (job) {
        /* Promoted before: the answer, when there is one already, comes within jobs_join. */
        dispatch_promote(job, priority, place);
        jobs_join(farm->jobs, job, place, waiter);
        return;
    }
    if (!dispatch_has_room(pool, priority, &retry_s) || !(job = jobs_add(farm->jobs, &first))) {
        refuse(waiter, retry_s);
        return;
    }
    jobs_join(farm->jobs, job, place, waiter);
    dispatch_take(pool, job, priority, place);
}

void farm_leave(struct farm *farm, struct farm_waiter *waiter)
{
    struct job *job = jobs_leave(waiter);
    if (job && job->waiters == 0)
        dispatch_demote(job);
}
