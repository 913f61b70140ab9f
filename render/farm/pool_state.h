/* SPDX-License-Identifier: ISC */
/* pool_state: what is behind a pool: its children, its jobs, what was counted. */
#ifndef PLACED_RENDER_FARM_POOL_STATE_H
#define PLACED_RENDER_FARM_POOL_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "render/farm/breaker.h"
#include "render/farm/crew.h"
#include "render/farm/jobs.h"
#include "render/farm/pool_config.h"

struct pool {
    struct pool_config config;
    struct farm_config *farm;
    struct jobs *jobs;
    struct crew crew;
    struct breaker breaker;
    struct job *probe; /* of the breaker, while it waits or runs */
    bool closing;      /* takes no jobs */
    struct job_list waiting[FARM_PRIORITIES];
    unsigned n_waiting[FARM_PRIORITIES];
    unsigned busy, busy_batch; /* jobs that run */
    uint64_t mean_us;          /* of a job, the later ones count more */
    uint64_t n_jobs, n_pictures, n_failed, cpu_us, wall_us, bytes;
};

#endif
