/* SPDX-License-Identifier: ISC */
/*
 * batch_state: what is known of a batch, and its file, DATA/batches/ID.json: what is needed to go
 * on after a crash. Pure.
 *
 *   {"v":1,"id","style","hash","zoom":[A,B],"box":[W,S,E,N] or absent,"scale","state","low",
 *    "failed","time","why" or absent}
 */
#ifndef PLACED_RENDER_BATCH_BATCH_STATE_H
#define PLACED_RENDER_BATCH_BATCH_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/batch/grid.h"
#include "render/batch/task_record.h"

struct cJSON;

enum {
    BATCH_STYLE_BYTES = 48,
    BATCH_WHY_BYTES = 160,
    BATCH_STATE_BYTES = 2048, /* of the file */
};

/* What somebody asks for. */
struct batch_wish {
    char style[BATCH_STYLE_BYTES];
    unsigned first, last; /* zooms */
    bool has_box;
    struct grid_box box;
    unsigned scale; /* 1 or 2 */
};

enum batch_progress {
    BATCH_RUNNING,
    BATCH_CANCELLED,
    BATCH_FINISHED,
};

struct batch_state {
    char id[TASK_BATCH_CHARS + 1];
    struct batch_wish wish;
    char hash[PICTURE_HASH_CHARS + 1]; /* of the style when it began */
    enum batch_progress progress;
    uint64_t low, failed;      /* window.h */
    int64_t time_ms;           /* when it was asked for */
    char why[BATCH_WHY_BYTES]; /* it was cancelled, or "" */
};

/* "running", "cancelled" or "done". */
const char *batch_progress_name(enum batch_progress progress);

/* {"style","zoom":[A,B],"box":[W,S,E,N] or absent,"scale":1 or 2 or absent}; more is left alone.
 * NULL, or what is wrong. */
const char *batch_wish_read(struct batch_wish *wish, const struct cJSON *json);

/* The length of the text, which has no final zero. */
size_t batch_state_write(char text[BATCH_STATE_BYTES], const struct batch_state *state);

/* NULL, or what is wrong. */
const char *batch_state_read(struct batch_state *state, const char *text, size_t len);

/* The job of this number, as a task. */
void batch_job(const struct batch_state *state, const struct grid *grid, uint64_t number,
               struct task_record *record);

#endif
