/* SPDX-License-Identifier: ISC */
/* checkpointer: copy the canvas, save the copy; the log's reader is held up only by the copy. */
#include "derived/checkpointer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "sys/diag.h"

struct checkpointer {
    struct checkpoint *checkpoint;
    const struct checkpoint_log *log;
    struct reducer *reducer;
    struct metrics *metrics;
    unsigned seconds;
    uint64_t saved_version;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop_asked;
    bool stop;
    struct canvas copy;
};

static void save(struct checkpointer *self)
{
    char error[CHECKPOINT_ERROR_BYTES];
    reducer_copy(self->reducer, &self->copy);
    if (self->copy.version == self->saved_version)
        return;
    if (checkpoint_save(self->checkpoint, &self->copy, self->log, error) != 0) {
        metric_add(self->metrics, checkpoints_failed_total, 1);
        diag_warn("no checkpoint was written, the one before stays: %s", error);
        return;
    }
    self->saved_version = self->copy.version;
    metric_add(self->metrics, checkpoints_total, 1);
}

static void *run(void *arg)
{
    struct checkpointer *self = arg;
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    pthread_mutex_lock(&self->lock);
    while (!self->stop) {
        due.tv_sec += self->seconds;
        while (!self->stop && pthread_cond_timedwait(&self->stop_asked, &self->lock, &due) == 0)
            ;
        if (self->stop)
            break;
        pthread_mutex_unlock(&self->lock);
        save(self);
        clock_gettime(CLOCK_MONOTONIC, &due);
        pthread_mutex_lock(&self->lock);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

struct checkpointer *checkpointer_create(struct checkpoint *checkpoint,
                                         const struct checkpoint_log *log, struct reducer *reducer,
                                         struct metrics *metrics, unsigned seconds)
{
    struct checkpointer *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->checkpoint = checkpoint;
    self->log = log;
    self->reducer = reducer;
    self->metrics = metrics;
    self->seconds = seconds;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&self->stop_asked, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&self->lock, NULL);
    if (pthread_create(&self->thread, NULL, run, self) != 0) {
        pthread_cond_destroy(&self->stop_asked);
        pthread_mutex_destroy(&self->lock);
        free(self);
        return NULL;
    }
    return self;
}

void checkpointer_destroy(struct checkpointer *self)
{
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->stop = true;
    pthread_cond_signal(&self->stop_asked);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    save(self);
    pthread_cond_destroy(&self->stop_asked);
    pthread_mutex_destroy(&self->lock);
    free(self);
}
