/* SPDX-License-Identifier: ISC */
/*
 * parallel: the helpers sleep until there is work with a new number, and take parts by an atomic
 * counter. parallel_run waits until each helper has seen this work and left it, so that none can
 * take a part of the next one by mistake.
 */
#include "render/fractal/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct parallel {
    unsigned helpers; /* threads that run */
    pthread_t *threads;
    pthread_mutex_t mutex; /* of all but next */
    pthread_cond_t begun, left;
    struct parallel_work *work;
    unsigned long number; /* of the work, from 1 on */
    unsigned inside;      /* helpers that have not left it */
    bool ending;
    atomic_uint next; /* part */
};

static void work_off(struct parallel *parallel, struct parallel_work *work)
{
    for (unsigned i; (i = atomic_fetch_add(&parallel->next, 1)) < work->parts;)
        work->part(work, i);
}

static void *help(void *context)
{
    struct parallel *parallel = context;
    unsigned long seen = 0;
    pthread_mutex_lock(&parallel->mutex);
    for (;;) {
        while (parallel->number == seen && !parallel->ending)
            pthread_cond_wait(&parallel->begun, &parallel->mutex);
        if (parallel->ending)
            break;
        seen = parallel->number;
        struct parallel_work *work = parallel->work;
        pthread_mutex_unlock(&parallel->mutex);
        work_off(parallel, work);
        pthread_mutex_lock(&parallel->mutex);
        if (--parallel->inside == 0)
            pthread_cond_signal(&parallel->left);
    }
    pthread_mutex_unlock(&parallel->mutex);
    return NULL;
}

struct parallel *parallel_create(unsigned threads)
{
    struct parallel *parallel = calloc(1, sizeof *parallel);
    if (!parallel)
        return NULL;
    pthread_mutex_init(&parallel->mutex, NULL);
    pthread_cond_init(&parallel->begun, NULL);
    pthread_cond_init(&parallel->left, NULL);
    parallel->threads = calloc(threads, sizeof *parallel->threads);
    for (; parallel->threads && parallel->helpers + 1 < threads; parallel->helpers++)
        if (pthread_create(&parallel->threads[parallel->helpers], NULL, help, parallel) != 0)
            break;
    if (!parallel->threads || parallel->helpers + 1 < threads) {
        parallel_destroy(parallel);
        return NULL;
    }
    return parallel;
}

void parallel_destroy(struct parallel *parallel)
{
    if (!parallel)
        return;
    pthread_mutex_lock(&parallel->mutex);
    parallel->ending = true;
    pthread_cond_broadcast(&parallel->begun);
    pthread_mutex_unlock(&parallel->mutex);
    for (unsigned i = 0; i < parallel->helpers; i++)
        pthread_join(parallel->threads[i], NULL);
    pthread_cond_destroy(&parallel->left);
    pthread_cond_destroy(&parallel->begun);
    pthread_mutex_destroy(&parallel->mutex);
    free(parallel->threads);
    free(parallel);
}

void parallel_run(struct parallel *parallel, struct parallel_work *work)
{
    pthread_mutex_lock(&parallel->mutex);
    atomic_store(&parallel->next, 0);
    parallel->work = work;
    parallel->number++;
    parallel->inside = parallel->helpers;
    pthread_cond_broadcast(&parallel->begun);
    pthread_mutex_unlock(&parallel->mutex);
    work_off(parallel, work);
    pthread_mutex_lock(&parallel->mutex);
    while (parallel->inside > 0)
        pthread_cond_wait(&parallel->left, &parallel->mutex);
    pthread_mutex_unlock(&parallel->mutex);
}
