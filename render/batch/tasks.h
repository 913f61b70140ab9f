/* SPDX-License-Identifier: ISC */
/*
 * tasks: what becomes of a task from the queue: a job is rendered unless the store has all of its
 * pictures, and the task is done only when the store has them. What the farm has no room for is
 * asked for later; what failed three times, and what is no task, becomes a dead letter, and only
 * when that is stored is the task done.
 *
 * Threads: the loop's; it has one thread of its own that looks into the store.
 */
#ifndef PLACED_RENDER_BATCH_TASKS_H
#define PLACED_RENDER_BATCH_TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "render/batch/task_record.h"
#include "render/queue/queue.h"

struct consumer_task;
struct dead_letter;
struct ev_loop;
struct farm;
struct mailbox;
struct pool;
struct store;
struct tasks;

enum task_state {
    TASK_SKIP, /* nobody wants it any more */
    TASK_RUNNING,
    TASK_DONE,
    TASK_FAILED, /* it is a dead letter now */
};

struct tasks_config {
    struct ev_loop *loop;
    struct farm *farm;
    struct store *store;
    struct queue *queue; /* for dead letters */
    struct mailbox *mailbox;
    /* The pool for a job; NULL: it cannot be rendered here. */
    struct pool *(*pool)(struct tasks_config *config, const struct picture *first);
    /* Is it still wanted? TASK_SKIP or TASK_RUNNING. */
    enum task_state (*wanted)(struct tasks_config *config, const struct task_record *record);
    /* It runs; it is done or failed, after so many ms. */
    void (*changed)(struct tasks_config *config, const struct task_record *record,
                    enum task_state state, int64_t ms);
    /* A dead letter was stored. */
    void (*died)(struct tasks_config *config, const struct dead_letter *letter);
};

/* config must outlive it. NULL: no memory, or no thread. */
struct tasks *tasks_create(struct tasks_config *config);

/* Tasks under way are forgotten, and delivered again some day. Before it: consumer_destroy and
 * mailbox_close. NULL is fine. */
void tasks_destroy(struct tasks *tasks);

/* A task of the topic uploads in the group of op, or of tiles. It ends by consumer_end. */
void tasks_upload(struct tasks *tasks, struct consumer_task *task, enum picture_op op);
void tasks_tile(struct tasks *tasks, struct consumer_task *task);

#endif
