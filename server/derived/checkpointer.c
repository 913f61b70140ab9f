/* SPDX-License-Identifier: ISC */
/* checkpointer: a job that saves and plans itself again. */
#include "derived/checkpointer.h"

#include <stdlib.h>

#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/worker.h"

struct checkpointer {
    struct job job; /* first: the pointers are exchanged */
    struct worker *worker;
    struct checkpoint *checkpoint;
    struct checkpoint_source *source;
    struct metrics *metrics;
    unsigned seconds;
};

static void save(struct checkpointer *self)
{
    char error[CHECKPOINT_ERROR_BYTES];
    int result = checkpoint_save(self->checkpoint, self->source, error);
    if (result < 0) {
        metric_add(self->metrics, checkpoints_failed_total, 1);
        diag_warn("no checkpoint was written, the one before stays: %s", error);
    } else {
        metric_add(self->metrics, checkpoints_total, result);
    }
}

static void plan(struct checkpointer *self)
{
    worker_add(self->worker, &self->job, clock_now_ms() + INT64_C(1000) * self->seconds);
}

static void run(struct job *job)
{
    struct checkpointer *self = (struct checkpointer *)job;
    save(self);
    plan(self);
}

struct checkpointer *checkpointer_create(struct checkpoint *checkpoint,
                                         struct checkpoint_source *source, struct metrics *metrics,
                                         unsigned seconds)
{
    struct checkpointer *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->job.run = run;
    self->checkpoint = checkpoint;
    self->source = source;
    self->metrics = metrics;
    self->seconds = seconds;
    self->worker = worker_create("checkpoints", 1);
    if (!self->worker) {
        free(self);
        return NULL;
    }
    plan(self);
    return self;
}

void checkpointer_destroy(struct checkpointer *self)
{
    if (!self)
        return;
    worker_destroy(self->worker);
    save(self);
    free(self);
}
