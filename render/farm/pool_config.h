/* SPDX-License-Identifier: ISC */
/* pool_config: what a pool is made from. */
#ifndef PLACED_RENDER_FARM_POOL_CONFIG_H
#define PLACED_RENDER_FARM_POOL_CONFIG_H

#include <stdbool.h>

enum {
    FARM_POOL_NAME_BYTES = 48,
    FARM_CHILDREN_MAX = 256, /* of one pool */
};

/* One program and how its children are treated. */
struct pool_config {
    char name[FARM_POOL_NAME_BYTES]; /* "fractal", "map:NAME", "image:thumbnail" */
    const char *const *command;      /* argv, ends with NULL; command[0] is a path. The child speaks
                                        render/wire/wire.h on descriptor 3 */
    unsigned children;               /* at the start */
    unsigned task_ms;                /* a task may take so long, then the child is killed */
    unsigned start_ms;               /* so long until a new child has said that it is ready */
    unsigned tasks;                  /* a child is replaced after so many */
    unsigned jobs;    /* that wait at most; more is FARM_FULL. The last quarter is kept from stale
                         ones, half of it from batches, so that there is room for who waits */
    bool batch_share; /* at most half of the children, rounded up, are busy with batches */
};

#endif
