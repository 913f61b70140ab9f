/* SPDX-License-Identifier: ISC */
/* encoders: see encoders.h. A ring of places; each goes to the next worker in turn. */
#include "encoders.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"

/* Frames differ in what they cost: with three a thread none waits for long because of another. */
enum { PLACES_A_THREAD = 3, NAME_BYTES = 16 };

struct encoders {
    encode_function *encode;
    unsigned n_workers, next_worker;
    struct worker *workers[ENCODERS_MAX];
    pthread_mutex_t lock; /* of `done` of all encodings */
    pthread_cond_t one_done;
    size_t n_places, first, count;
    struct encoding places[PLACES_A_THREAD * ENCODERS_MAX];
};

static void run(struct job *job)
{
    struct encoding *encoding =
        (struct encoding *)(void *)((char *)job - offsetof(struct encoding, job));
    struct encoders *encoders = encoding->encoders;
    const struct image image = {encoding->colours, encoding->rect.width, encoding->rect.height,
                                encoding->zoom};
    if (encoders->encode(&image, &encoding->encoded) != 0)
        encoding->encoded = (struct encoded){0};
    free(encoding->colours);
    encoding->colours = NULL;
    pthread_mutex_lock(&encoders->lock);
    encoding->done = true;
    pthread_cond_signal(&encoders->one_done);
    pthread_mutex_unlock(&encoders->lock);
}

struct encoders *encoders_create(unsigned threads, encode_function *encode)
{
    struct encoders *encoders = calloc(1, sizeof *encoders);
    if (!encoders)
        return NULL;
    encoders->encode = encode;
    encoders->n_places = PLACES_A_THREAD * (size_t)threads;
    pthread_mutex_init(&encoders->lock, NULL);
    clock_cond_init(&encoders->one_done);
    for (unsigned i = 0; i < threads; i++) {
        char name[NAME_BYTES];
        snprintf(name, sizeof name, "encoder-%u", i % 1000);
        encoders->workers[i] = worker_create(name, encoders->n_places);
        if (!encoders->workers[i])
            break; /* fewer will do */
        encoders->n_workers++;
    }
    if (encoders->n_workers > 0)
        return encoders;
    encoders_destroy(encoders);
    return NULL;
}

void encoders_destroy(struct encoders *encoders)
{
    if (!encoders)
        return;
    for (unsigned i = 0; i < encoders->n_workers; i++)
        worker_destroy(encoders->workers[i]);
    for (; encoders->count > 0; encoders->count--) {
        struct encoding *encoding = &encoders->places[encoders->first];
        free(encoding->colours);
        free(encoding->encoded.bytes);
        encoders->first = (encoders->first + 1) % encoders->n_places;
    }
    pthread_cond_destroy(&encoders->one_done);
    pthread_mutex_destroy(&encoders->lock);
    free(encoders);
}

struct encoding *encoders_place(struct encoders *encoders)
{
    if (encoders->count == encoders->n_places)
        return NULL;
    struct encoding *place =
        &encoders->places[(encoders->first + encoders->count) % encoders->n_places];
    *place = (struct encoding){.encoders = encoders, .job.run = run};
    return place;
}

void encoders_put(struct encoders *encoders, struct encoding *encoding)
{
    encoders->count++;
    /* A worker has room for all the places. */
    worker_add(encoders->workers[encoders->next_worker], &encoding->job, 0);
    encoders->next_worker = (encoders->next_worker + 1) % encoders->n_workers;
}

size_t encoders_count(const struct encoders *encoders)
{
    return encoders->count;
}

struct encoding *encoders_oldest(struct encoders *encoders)
{
    struct encoding *oldest = &encoders->places[encoders->first];
    pthread_mutex_lock(&encoders->lock);
    while (!oldest->done)
        clock_wait(&encoders->one_done, &encoders->lock, CLOCK_NEVER);
    pthread_mutex_unlock(&encoders->lock);
    return oldest;
}

struct encoding *encoders_newest(struct encoders *encoders)
{
    if (encoders->count == 0)
        return NULL;
    return &encoders->places[(encoders->first + encoders->count - 1) % encoders->n_places];
}

void encoders_release(struct encoders *encoders)
{
    free(encoders->places[encoders->first].encoded.bytes);
    encoders->first = (encoders->first + 1) % encoders->n_places;
    encoders->count--;
}
