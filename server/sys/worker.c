/* SPDX-License-Identifier: ISC */
/* worker: a list of jobs in the order of their due_ms, and a thread that takes the first. */
#include "sys/worker.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sys/clock.h"

struct worker {
    pthread_t thread;
    size_t limit;
    atomic_bool stop;
    pthread_mutex_t lock;   /* of what follows; never held while a job runs */
    pthread_cond_t changed; /* another job is the first, or stop is set */
    struct job *first;
    size_t n_queued;
};

/* The next job that is due, taken out of the list. NULL when it is time to stop. Lock held. */
static struct job *take(struct worker *worker)
{
    while (!worker_stopping(worker)) {
        struct job *job = worker->first;
        if (job && job->due_ms <= clock_now_ms()) {
            worker->first = job->next;
            worker->n_queued--;
            job->queued = false;
            return job;
        }
        clock_wait(&worker->changed, &worker->lock, job ? job->due_ms : CLOCK_NEVER);
    }
    return NULL;
}

static void *run(void *argument)
{
    struct worker *worker = argument;
    struct job *job;
    pthread_mutex_lock(&worker->lock);
    while ((job = take(worker))) {
        pthread_mutex_unlock(&worker->lock);
        job->run(job);
        pthread_mutex_lock(&worker->lock);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

struct worker *worker_create(const char *name, size_t limit)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return NULL;
    worker->limit = limit;
    pthread_mutex_init(&worker->lock, NULL);
    int error = clock_cond_init(&worker->changed);
    if (error)
        goto fail_cond;
    error = pthread_create(&worker->thread, NULL, run, worker);
    if (error)
        goto fail_thread;
    pthread_setname_np(worker->thread, name);
    return worker;

fail_thread:
    pthread_cond_destroy(&worker->changed);
fail_cond:
    pthread_mutex_destroy(&worker->lock);
    free(worker);
    errno = error;
    return NULL;
}

bool worker_add(struct worker *worker, struct job *job, int64_t due_ms)
{
    pthread_mutex_lock(&worker->lock);
    bool fits = job->queued || worker->n_queued < worker->limit;
    if (fits && !job->queued) {
        struct job **at = &worker->first;
        while (*at && (*at)->due_ms <= due_ms)
            at = &(*at)->next;
        job->due_ms = due_ms;
        job->queued = true;
        job->next = *at;
        *at = job;
        worker->n_queued++;
        if (worker->first == job)
            pthread_cond_signal(&worker->changed);
    }
    pthread_mutex_unlock(&worker->lock);
    return fits;
}

bool worker_stopping(const struct worker *worker)
{
    return atomic_load_explicit(&worker->stop, memory_order_relaxed);
}

void worker_destroy(struct worker *worker)
{
    if (!worker)
        return;
    pthread_mutex_lock(&worker->lock);
    atomic_store_explicit(&worker->stop, true, memory_order_relaxed);
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}
