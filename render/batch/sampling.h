/* SPDX-License-Identifier: ISC */
/*
 * sampling: renders some jobs of a grid, chosen at random, to learn what all of them take. They are
 * rendered as a batch is: behind whatever browsers wait for, as many beside each other as there are
 * children. Threads: the loop's.
 */
#ifndef PLACED_RENDER_BATCH_SAMPLING_H
#define PLACED_RENDER_BATCH_SAMPLING_H

#include "render/batch/batch_state.h"
#include "render/batch/estimate.h"

struct ev_loop;
struct farm;
struct pool;
struct sampling;

enum {
    SAMPLING_MAX = 50,       /* jobs of a zoom */
    SAMPLING_LONGEST_S = 60, /* then what is there has to do */
};

struct sampling_config {
    struct ev_loop *loop;
    struct farm *farm;
    struct pool *pool;
    struct batch_state state; /* whose jobs: wish and hash */
    unsigned samples;         /* jobs of each zoom; 0: some more than there are children */
    /* Called once; the sampling is gone when it returns. wrong: NULL, or why there is none. */
    void (*done)(void *context, const struct estimate *estimate, const struct grid *grid,
                 const char *wrong);
    void *context;
};

/* config is copied. The answer comes later. NULL: no memory, or the wish makes no grid. */
struct sampling *sampling_start(const struct sampling_config *config);

/* It is not wanted any more: done is not called. */
void sampling_stop(struct sampling *sampling);

#endif
