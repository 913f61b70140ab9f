/* SPDX-License-Identifier: ISC */
/* farm_config: what the farm is given, and whom it tells. */
#ifndef PLACED_RENDER_FARM_FARM_CONFIG_H
#define PLACED_RENDER_FARM_FARM_CONFIG_H

#include "render/name/blob.h"
#include "render/name/picture.h"

struct ev_loop;
struct pool;

/* What the farm tells of its children and jobs, for events and metrics. */
struct farm_observer {
    /* A child has started, ended, begun or finished a task: see pool_look. Must not change
     * anything of the farm. */
    void (*changed)(struct farm_observer *observer, struct pool *pool);
};

struct farm_config {
    /* Of ev_loop_new: libev's default loop reaps all children of the process by itself. */
    struct ev_loop *loop;
    struct farm_observer *observer; /* or NULL */
    /* Each picture of each job as soon as it has come, whether or not somebody waits for it. */
    void (*finished)(struct farm_config *config, const struct picture *picture, struct blob *bytes);
    /* The file that a child may read for this picture, opened; -1: none needed; -2: there is none,
     * and the job fails. (Images: the original.) The farm closes it. NULL: none ever needed. */
    int (*input)(struct farm_config *config, const struct picture *first);
};

#endif
