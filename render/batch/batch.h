/* SPDX-License-Identifier: ISC */
/* batch: one batch as its server has it: its state, its jobs, which are done, how fast it goes. */
#ifndef PLACED_RENDER_BATCH_BATCH_H
#define PLACED_RENDER_BATCH_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "render/batch/batch_state.h"
#include "render/batch/window.h"

struct cJSON;
struct queue;

struct batch {
    struct batch_state state;
    struct grid grid;
    struct window window;
    bool told, saved;    /* what was published, and written, is as it stands */
    int64_t moved_ms;    /* when a job ended last, or jobs were handed out again */
    int64_t patience_ms; /* so long without that: they are handed out again */
    /* Jobs a second: lately, and since when that is counted. */
    double rate;
    int64_t rate_ms;
    uint64_t rate_done;
};

/* From its state. NULL: no memory, or its wish makes no grid. */
struct batch *batch_create(const struct batch_state *state, int64_t now_ms);
void batch_destroy(struct batch *batch);

/* It runs, from what is known to be done on. */
void batch_begin(struct batch *batch, int64_t now_ms);

/* Put jobs into the queue while there is room. */
void batch_fill(struct batch *batch, struct queue *queue);

/* Jobs that were handed out and have not ended for long go into the queue again: a server may have
 * taken its news of them with it. True: they did. */
bool batch_hurry(struct batch *batch, struct queue *queue, int64_t now_ms);

/* A job has ended. */
void batch_ended(struct batch *batch, uint64_t number, bool failed, int64_t now_ms);

/* Measure how fast it goes. Call it some times a second. */
void batch_measure(struct batch *batch, int64_t now_ms);

/* As its event has it. NULL: no memory. */
struct cJSON *batch_json(const struct batch *batch, const char *server);

#endif
