/* SPDX-License-Identifier: ISC */
/*
 * farm: renders pictures by pools of child processes. A pool is a program that is started a number
 * of times; each child has one task at a time, is killed when it is late, and replaced after so
 * many tasks.
 *
 * Who wants a picture asks, and is told once. Whoever asks for a picture of a job that waits or
 * runs joins that job, so that a picture is never rendered twice at a time. A job that failed is
 * tried again, three times in all; then the answer is FARM_FAILED for ten seconds without another
 * try. A pool whose last jobs all failed rests for a while, so that a broken style costs the others
 * nothing.
 *
 * Of the jobs that wait in a pool, those for a waiting browser go first, the stale before batches,
 * in the order in which they were asked for. A job that waits as a batch is promoted when a browser
 * asks for it. Each pool takes so many jobs and no more.
 *
 * The farm knows no store: who has finished pictures is farm_config's `finished`.
 *
 * Threads: all calls from the thread of the event loop; callbacks come there, too.
 */
#ifndef PLACED_RENDER_FARM_FARM_H
#define PLACED_RENDER_FARM_FARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/name/blob.h"
#include "render/name/picture.h"

struct ev_loop;
struct farm;
struct pool;

enum {
    FARM_ERROR_BYTES = 256,
    FARM_ATTEMPTS = 3,
    FARM_NEGATIVE_S = 10,
    FARM_POOL_NAME_BYTES = 48,
    FARM_CHILDREN_MAX = 256, /* of one pool */
};

/* The order in which jobs of a pool are rendered. */
enum farm_priority {
    FARM_WAITING, /* a browser waits */
    FARM_STALE,   /* somebody was given an old one */
    FARM_BATCH,
    FARM_PRIORITIES,
};

enum farm_outcome {
    FARM_DONE,   /* picture has it */
    FARM_FULL,   /* too much waits, the pool rests or has no children: try again in retry_s */
    FARM_FAILED, /* three attempts failed; not tried again for retry_s */
};

struct farm_answer {
    enum farm_outcome outcome;
    struct blob *picture; /* FARM_DONE: hold it to keep it */
    unsigned retry_s;
    const char *why; /* FARM_FAILED: a sentence for people, until the callback returns */
    unsigned attempts;
};

/* Somebody who waits. Embed it; it must stay until answered was called or farm_leave returned. */
struct farm_waiter {
    void (*answered)(struct farm_waiter *waiter, const struct farm_answer *answer);
    /* The farm's own: */
    struct farm_waiter *next, **link;
    void *job;
    unsigned place;
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
    unsigned jobs;                   /* that wait at most; more is FARM_FULL */
    bool batch_share; /* true: one child at most, rounded up half of them, is busy with batches */
};

/* What the farm tells of its children and jobs, for events and metrics. */
struct farm_observer {
    /* A child has started, ended, begun or finished a task: see pool_look. */
    void (*changed)(struct farm_observer *observer, struct pool *pool);
};

struct farm_config {
    struct ev_loop *loop;
    struct farm_observer *observer; /* or NULL */
    /* Each picture of each job as soon as it has come, whether or not somebody waits for it. */
    void (*finished)(struct farm_config *config, const struct picture *picture, struct blob *bytes);
    /* The file that a child may read for this picture, opened; -1: none needed; -2: there is none,
     * and the job fails. (Images: the original.) The farm closes it. */
    int (*input)(struct farm_config *config, const struct picture *first);
};

/* config must outlive it. NULL: no memory. */
struct farm *farm_create(struct farm_config *config);
/* Kill the children, answer FARM_FULL to all who wait. NULL is fine. */
void farm_destroy(struct farm *farm);

/* Add a pool and start its children; config is copied, but for command, which must outlive the
 * farm. NULL with a reason in error. */
struct pool *farm_add_pool(struct farm *farm, const struct pool_config *config,
                           char error[FARM_ERROR_BYTES]);
/* End its children, answer FARM_FULL to all who wait. */
void farm_remove_pool(struct farm *farm, struct pool *pool);

/* How many children it has from now on; those too many end after their task. */
void pool_scale(struct pool *pool, unsigned children);
/* Replace all its children, each after its task: their style has changed. */
void pool_renew(struct pool *pool);

/* Ask for a picture. The answer comes by waiter->answered, later or within this call. */
void farm_ask(struct farm *farm, struct pool *pool, const struct picture *picture,
              enum farm_priority priority, struct farm_waiter *waiter);
/* The waiter does not want it any more. Its job goes on. Fine when it has been answered. */
void farm_leave(struct farm *farm, struct farm_waiter *waiter);

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
    unsigned wanted, children, busy;
    unsigned waiting[FARM_PRIORITIES]; /* jobs */
    uint64_t jobs, pictures, failed;   /* finished since the start; jobs that failed for good */
    uint64_t late, crashed;            /* children killed, and ended by themselves */
    uint64_t cpu_us, wall_us, bytes;   /* of finished jobs: processor, time, pictures' bytes */
    bool resting;
    struct child_look child[FARM_CHILDREN_MAX];
};

void pool_look(const struct pool *pool, struct pool_look *look);
/* The pools in the order in which they were added; NULL behind the last. */
struct pool *farm_pool(const struct farm *farm, size_t i);

#endif
