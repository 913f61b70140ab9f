/* SPDX-License-Identifier: ISC */
/*
 * batches: maps that are rendered before anybody asks: each a grid of jobs, of which some hundreds
 * at a time are in the topic `tiles`. What is done is counted by job (window.h) and written down,
 * so that a batch goes on after a crash. A batch belongs to the server that was asked for it; those
 * that render its jobs tell it by events:
 *
 *   {"t":"did","batch":ID,"by":S,"done":[numbers],"failed":[numbers]}
 *
 * Threads: the loop's.
 */
#ifndef PLACED_RENDER_BATCH_BATCHES_H
#define PLACED_RENDER_BATCH_BATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/batch/batch_state.h"
#include "render/queue/queue.h"

struct batches;
struct cJSON;
struct ev_loop;
struct pool;

enum {
    BATCHES_ERROR_BYTES = 256,
    BATCHES_RUNNING = 16, /* at a time */
    BATCHES_KEPT = 64,    /* that have ended, the newest */
    BATCH_JOBS_MAX = 20 * 1000 * 1000,
};

struct batch_style {
    char hash[PICTURE_HASH_CHARS + 1];
    unsigned minzoom, maxzoom;
    struct pool *pool;
};

struct batches_config {
    struct ev_loop *loop;
    struct queue *queue;
    const char *dir;    /* for their states; stays */
    const char *server; /* S of events; stays */
    /* False: there is no style of this name. */
    bool (*style)(struct batches_config *config, const char *name, struct batch_style *style);
    /* An event for all servers; the bytes are the caller's again when it returns. */
    void (*publish)(struct batches_config *config, const char *json, size_t len);
};

/* Why a request is refused: an HTTP status, and words for people. */
struct batch_refusal {
    unsigned status;
    char words[200];
};

/* config must outlive it. Those that ran go on. NULL with a reason in error. */
struct batches *batches_create(struct batches_config *config, char error[BATCHES_ERROR_BYTES]);
void batches_destroy(struct batches *batches); /* NULL is fine */

/* Can it be, and of which jobs would it be? 0, or -1. */
int batches_check(struct batches *batches, const struct batch_wish *wish, struct batch_style *style,
                  struct grid *grid, struct batch_refusal *refusal);

/* 0 and the new one's state, until the next call; or -1. */
int batches_start(struct batches *batches, const struct batch_wish *wish,
                  const struct batch_state **state, uint64_t *jobs, struct batch_refusal *refusal);
int batches_cancel(struct batches *batches, const char *id, struct batch_refusal *refusal);
int batches_resume(struct batches *batches, const char *id, struct batch_refusal *refusal);

/* {"batches":[...]}, the newest first, each as its event has it, with "tiles", "time", and of those
 * that run "seconds_left" once it is known. NULL: no memory. */
struct cJSON *batches_list(struct batches *batches);

/* Is the job of this task still wanted? A batch whose style has changed is cancelled by it. */
bool batches_want(struct batches *batches, const struct task_record *record);

/* It has ended here. */
void batches_ended(struct batches *batches, const struct task_record *record, bool failed);

/* An event of any server, parsed; whatever it is. */
void batches_heard(struct batches *batches, const struct cJSON *event);

#endif
