/* SPDX-License-Identifier: ISC */
/*
 * crew: the helpers sleep until there is work with a new number, and take parts by an atomic
 * counter. crew_run waits until each helper has seen this work and left it, so that none can take a
 * part of the next one by mistake.
 */
#include "render/fractal/crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct crew {
    unsigned helpers; /* threads that run */
    pthread_t *threads;
    pthread_mutex_t mutex; /* of all but next */
    pthread_cond_t begun, left;
    struct crew_work *work;
    unsigned long number; /* of the work, from 1 on */
    unsigned inside;      /* helpers that have not left it */
    bool ending;
    atomic_uint next; /* part */
};

static void work_off(struct crew *crew, struct crew_work *work)
{
    for (unsigned i; (i = atomic_fetch_add(&crew->next, 1)) < work->parts;)
        work->part(work, i);
}

static void *help(void *context)
{
    struct crew *crew = context;
    unsigned long seen = 0;
    pthread_mutex_lock(&crew->mutex);
    for (;;) {
        while (crew->number == seen && !crew->ending)
            pthread_cond_wait(&crew->begun, &crew->mutex);
        if (crew->ending)
            break;
        seen = crew->number;
        struct crew_work *work = crew->work;
        pthread_mutex_unlock(&crew->mutex);
        work_off(crew, work);
        pthread_mutex_lock(&crew->mutex);
        if (--crew->inside == 0)
            pthread_cond_signal(&crew->left);
    }
    pthread_mutex_unlock(&crew->mutex);
    return NULL;
}

struct crew *crew_create(unsigned threads)
{
    struct crew *crew = calloc(1, sizeof *crew);
    if (!crew)
        return NULL;
    pthread_mutex_init(&crew->mutex, NULL);
    pthread_cond_init(&crew->begun, NULL);
    pthread_cond_init(&crew->left, NULL);
    crew->threads = calloc(threads, sizeof *crew->threads);
    for (; crew->threads && crew->helpers + 1 < threads; crew->helpers++)
        if (pthread_create(&crew->threads[crew->helpers], NULL, help, crew) != 0)
            break;
    if (!crew->threads || crew->helpers + 1 < threads) {
        crew_destroy(crew);
        return NULL;
    }
    return crew;
}

void crew_destroy(struct crew *crew)
{
    if (!crew)
        return;
    pthread_mutex_lock(&crew->mutex);
    crew->ending = true;
    pthread_cond_broadcast(&crew->begun);
    pthread_mutex_unlock(&crew->mutex);
    for (unsigned i = 0; i < crew->helpers; i++)
        pthread_join(crew->threads[i], NULL);
    pthread_cond_destroy(&crew->left);
    pthread_cond_destroy(&crew->begun);
    pthread_mutex_destroy(&crew->mutex);
    free(crew->threads);
    free(crew);
}

void crew_run(struct crew *crew, struct crew_work *work)
{
    pthread_mutex_lock(&crew->mutex);
    atomic_store(&crew->next, 0);
    crew->work = work;
    crew->number++;
    crew->inside = crew->helpers;
    pthread_cond_broadcast(&crew->begun);
    pthread_mutex_unlock(&crew->mutex);
    work_off(crew, work);
    pthread_mutex_lock(&crew->mutex);
    while (crew->inside > 0)
        pthread_cond_wait(&crew->left, &crew->mutex);
    pthread_mutex_unlock(&crew->mutex);
}
