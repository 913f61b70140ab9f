/* SPDX-License-Identifier: ISC */
/*
 * work: what placed-render does that no browser waits for: it takes tasks of the queue while its
 * children have room for them, keeps batches going, and knows the dead letters.
 *
 * Of uploads each operation is a group of its own, of which this server is a member while it has
 * workers for it; of tiles while it has any for maps or fractals.
 *
 * Threads: the loop's.
 */
#ifndef PLACED_RENDER_BATCH_WORK_H
#define PLACED_RENDER_BATCH_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "render/batch/batches.h"
#include "render/batch/tasks.h"

struct dead;
struct keeper;
struct mailbox;
struct work;

struct work_config {
    struct ev_loop *loop;
    struct farm *farm;
    struct queue *queue;
    struct store *store;
    struct keeper *keeper; /* no tasks are taken while it is full; NULL: it never is */
    const char *dir;       /* of the states of batches */
    const char *server;    /* S of events */
    /* The pool for a job, NULL: it cannot be rendered here; and a style: see batches.h. */
    struct pool *(*pool)(struct work_config *config, const struct picture *first);
    bool (*style)(struct work_config *config, const char *name, struct batch_style *style);
    /* The pool of an operation on images; NULL: there is none. */
    struct pool *(*op)(struct work_config *config, enum picture_op op);
    void (*publish)(struct work_config *config, const char *json, size_t len);
    /* A task of the queue for this variant of an image runs, is done or has failed; or NULL. */
    void (*variant)(struct work_config *config, const struct picture *picture,
                    enum task_state state, int64_t ms);
};

/* config must outlive it. NULL with a reason in error. */
struct work *work_create(struct work_config *config, char error[BATCHES_ERROR_BYTES]);
/* Before the farm and the queue. NULL is fine. */
void work_destroy(struct work *work);

/* An event of any server, parsed. */
void work_heard(struct work *work, const struct cJSON *event);

/* Take no more tasks: the server is about to end. */
void work_stop(struct work *work);

struct batches *work_batches(struct work *work);
struct dead *work_dead(struct work *work);
struct mailbox *work_mailbox(struct work *work);
struct queue *work_queue(struct work *work);

/* Tasks of a group that wait in the queue, as last known; 0 while this server is no member. */
uint64_t work_depth_of_op(struct work *work, enum picture_op op);
uint64_t work_depth_of_tiles(struct work *work);

#endif
