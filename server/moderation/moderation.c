/* SPDX-License-Identifier: ISC */
/*
 * moderation: one job at a time on a worker; the newest ones are remembered, and of few of them the
 * preview.
 */
#include "moderation/moderation.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "moderation/author_count.h"
#include "moderation/job.h"
#include "moderation/paint.h"
#include "moderation/rollback.h"
#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/worker.h"

enum {
    REMEMBERED = 16, /* jobs */
    PREVIEWS = 4,    /* of them, the newest ones that have one */
    STOP_MS = 3000,  /* for the running job, when the server ends */
};

struct moderation {
    struct moderation_config config;
    struct metrics *metrics;
    struct worker *worker;
    struct paint *paint;
    struct job job;       /* the worker's */
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t idle;
    struct moderation_job *jobs[REMEMBERED]; /* by number; those before are forgotten */
    uint64_t next;                           /* number of the next job */
    bool running;                            /* the newest one is */
    bool stopped;
};

static const struct job_kind *const kinds[] = {
    &rollback_plan, &rollback_apply, &rollback_at_once, &rollback_undo, &author_count_job,
};

/* ---- the jobs; lock held ---- */

static struct moderation_job *find(struct moderation *moderation, uint64_t number)
{
    if (number == 0)
        number = moderation->next - 1;
    if (number == 0 || number >= moderation->next || moderation->next - number > REMEMBERED)
        return NULL;
    return moderation->jobs[number % REMEMBERED];
}

static void forget_previews(struct moderation *moderation)
{
    size_t kept = 0;
    for (uint64_t i = 1; i <= REMEMBERED && i < moderation->next; i++) {
        struct moderation_job *job = find(moderation, moderation->next - i);
        if (job_has_preview(job) && ++kept > PREVIEWS)
            job_set_preview(job, NULL, 0);
    }
}

/* ---- the worker ---- */

static void run(struct job *worker_job)
{
    struct moderation *moderation =
        (struct moderation *)((char *)worker_job - offsetof(struct moderation, job));
    pthread_mutex_lock(&moderation->lock);
    struct moderation_job *job = find(moderation, 0);
    pthread_mutex_unlock(&moderation->lock);
    enum job_state state = job->kind->run(job);
    if (state == JOB_FAILED) {
        metric_add(moderation->metrics, jobs_failed_total, 1);
        diag_warn("job %llu (%s): %s", (unsigned long long)job->number, job->kind->name,
                  job->error);
    }
    pthread_mutex_lock(&moderation->lock);
    job_finish(job, state);
    forget_previews(moderation);
    moderation->running = false;
    metric_set(moderation->metrics, job_running, 0);
    pthread_cond_broadcast(&moderation->idle);
    pthread_mutex_unlock(&moderation->lock);
}

/* ---- any thread ---- */

static uint64_t refuse(unsigned *status, unsigned code, char error[MODERATION_ERROR_BYTES],
                       const char *why)
{
    *status = code;
    snprintf(error, MODERATION_ERROR_BYTES, "%s", why);
    return 0;
}

/* Let it run, unless another one does. */
static uint64_t begin(struct moderation *moderation, struct moderation_job *job, unsigned *status,
                      char error[MODERATION_ERROR_BYTES])
{
    uint64_t number = 0;
    pthread_mutex_lock(&moderation->lock);
    if (moderation->stopped) {
        refuse(status, 503, error, "the server ends");
    } else if (moderation->running) {
        refuse(status, 409, error, "another job is running");
    } else {
        number = job->number = moderation->next++;
        job_destroy(moderation->jobs[number % REMEMBERED]);
        moderation->jobs[number % REMEMBERED] = job;
        moderation->running = true;
        metric_add(moderation->metrics, jobs_total, 1);
        metric_set(moderation->metrics, job_running, 1);
        worker_add(moderation->worker, &moderation->job, 0);
    }
    pthread_mutex_unlock(&moderation->lock);
    if (number == 0)
        job_destroy(job);
    return number;
}

uint64_t moderation_start(struct moderation *moderation, const char *kind,
                          const struct cJSON *request, const struct control_actor *actor,
                          unsigned *status, char error[MODERATION_ERROR_BYTES])
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i]->name, kind) != 0)
            continue;
        void *work = NULL;
        *status = kinds[i]->check(&moderation->config, request, &work, error);
        if (*status != 0)
            return 0;
        struct moderation_job *job =
            job_create(kinds[i], work, &moderation->config, actor, moderation->metrics);
        return job ? begin(moderation, job, status, error) : refuse(status, 503, error, "busy");
    }
    return refuse(status, 400, error, "there is no such kind of job");
}

struct cJSON *moderation_job(struct moderation *moderation, uint64_t number)
{
    pthread_mutex_lock(&moderation->lock);
    struct moderation_job *job = find(moderation, number);
    cJSON *json = job ? job_describe(job) : NULL;
    pthread_mutex_unlock(&moderation->lock);
    return json;
}

bool moderation_cancel(struct moderation *moderation, const struct control_actor *actor)
{
    pthread_mutex_lock(&moderation->lock);
    struct moderation_job *job = moderation->running ? find(moderation, 0) : NULL;
    if (job) {
        __atomic_store_n(&job->cancel, 1, __ATOMIC_RELAXED);
        diag_info("job %llu (%s) of %s is cancelled by %s", (unsigned long long)job->number,
                  job->kind->name, job->actor.name, actor->name);
    }
    pthread_mutex_unlock(&moderation->lock);
    return job != NULL;
}

unsigned moderation_paint(struct moderation *moderation, const struct paint_piece *piece,
                          const struct control_actor *actor, struct control_waiter *waiter,
                          char error[MODERATION_ERROR_BYTES])
{
    return paint_add(moderation->paint, piece, actor, waiter, error);
}

uint8_t *moderation_preview(struct moderation *moderation, uint64_t number, size_t *len)
{
    pthread_mutex_lock(&moderation->lock);
    struct moderation_job *job = find(moderation, number);
    uint8_t *preview = job ? job_preview(job, len) : NULL;
    pthread_mutex_unlock(&moderation->lock);
    return preview;
}

/* ---- its life ---- */

struct moderation *moderation_create(const struct moderation_config *config,
                                     struct metrics *metrics, char error[MODERATION_ERROR_BYTES])
{
    struct moderation *moderation = calloc(1, sizeof *moderation);
    if (!moderation || clock_cond_init(&moderation->idle) != 0) {
        free(moderation);
        snprintf(error, MODERATION_ERROR_BYTES, "out of memory");
        return NULL;
    }
    moderation->config = *config;
    moderation->metrics = metrics;
    moderation->next = 1;
    moderation->job.run = run;
    pthread_mutex_init(&moderation->lock, NULL);
    moderation->worker = worker_create("moderation", 1);
    if (moderation->worker)
        moderation->paint = paint_create(config, metrics);
    if (moderation->paint)
        return moderation;
    snprintf(error, MODERATION_ERROR_BYTES, "cannot start a thread: %s", strerror(errno));
    moderation_destroy(moderation);
    return NULL;
}

void moderation_stop(struct moderation *moderation)
{
    if (!moderation)
        return;
    int64_t until_ms = clock_now_ms() + STOP_MS;
    pthread_mutex_lock(&moderation->lock);
    moderation->stopped = true;
    struct moderation_job *job = moderation->running ? find(moderation, 0) : NULL;
    if (job)
        __atomic_store_n(&job->cancel, 1, __ATOMIC_RELAXED);
    while (moderation->running && clock_wait(&moderation->idle, &moderation->lock, until_ms))
        continue;
    if (moderation->running && job)
        __atomic_store_n(&job->quit, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&moderation->lock);
}

void moderation_destroy(struct moderation *moderation)
{
    if (!moderation)
        return;
    moderation_stop(moderation);
    paint_destroy(moderation->paint);
    worker_destroy(moderation->worker);
    for (size_t i = 0; i < REMEMBERED; i++)
        job_destroy(moderation->jobs[i]);
    pthread_mutex_destroy(&moderation->lock);
    pthread_cond_destroy(&moderation->idle);
    free(moderation);
}
