/* SPDX-License-Identifier: ISC */
/* snapshot: one worker that encodes when somebody wants a picture and the last one is too old. */
#include "derived/snapshot.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/crc32c.h"
#include "sys/diag.h"

static const int64_t SECOND_NS = 1000000000;

/* What a struct snapshot stands in. */
struct counted {
    struct snapshot snapshot; /* first: the pointers are exchanged */
    atomic_uint references;
};

struct snapshots {
    struct snapshot_source *source;
    pthread_t thread;
    struct canvas *canvas; /* the worker's copy */

    pthread_mutex_t lock;  /* of what follows; held for moments only, so that getters never wait */
    pthread_cond_t change; /* wanted or stop became true */
    bool wanted;           /* somebody was sent away and will be told */
    bool stop;
    struct counted *newest;
    int64_t encoded_ns; /* when newest was done */
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static struct snapshot *retain(struct counted *counted)
{
    if (!counted)
        return NULL;
    atomic_fetch_add_explicit(&counted->references, 1, memory_order_relaxed);
    return &counted->snapshot;
}

void snapshot_release(struct snapshot *snapshot)
{
    struct counted *counted = (struct counted *)snapshot;
    if (!counted || atomic_fetch_sub_explicit(&counted->references, 1, memory_order_acq_rel) != 1)
        return;
    free((void *)(uintptr_t)counted->snapshot.png);
    free(counted);
}

/* With one reference. NULL when memory is short. */
static struct counted *make(const struct canvas *canvas)
{
    struct counted *counted = calloc(1, sizeof *counted);
    if (!counted)
        return NULL;
    struct snapshot *snapshot = &counted->snapshot;
    uint8_t *png = snapshot_encode(canvas->pixels, canvas->version, &snapshot->len);
    if (!png) {
        free(counted);
        return NULL;
    }
    uint8_t *fitted = realloc(png, snapshot->len); /* it may live long; the buffer grew by halves */
    snapshot->png = fitted ? fitted : png;
    snapshot->version = canvas->version;
    snprintf(snapshot->etag, sizeof snapshot->etag, "\"%" PRIu64 "-%08" PRIx32 "\"",
             snapshot->version, crc32c(0, snapshot->png, snapshot->len));
    atomic_init(&counted->references, 1);
    return counted;
}

/* Until the next encoding is due. False when it is time to stop. The lock is held. */
static bool wait_for_work(struct snapshots *snapshots, int64_t not_before_ns)
{
    struct timespec due = {.tv_sec = not_before_ns / SECOND_NS,
                           .tv_nsec = not_before_ns % SECOND_NS};
    while (!snapshots->stop) {
        if (!snapshots->wanted)
            pthread_cond_wait(&snapshots->change, &snapshots->lock);
        else if (now_ns() >= not_before_ns)
            return true;
        else
            pthread_cond_timedwait(&snapshots->change, &snapshots->lock, &due);
    }
    return false;
}

static void *work(void *argument)
{
    struct snapshots *snapshots = argument;
    int64_t not_before_ns = 0;
    pthread_mutex_lock(&snapshots->lock);
    while (wait_for_work(snapshots, not_before_ns)) {
        pthread_mutex_unlock(&snapshots->lock);

        snapshots->source->copy(snapshots->source, snapshots->canvas);
        struct counted *counted = make(snapshots->canvas), *old = NULL;

        pthread_mutex_lock(&snapshots->lock);
        int64_t now = now_ns();
        not_before_ns = now + SECOND_NS;
        if (counted) {
            old = snapshots->newest;
            snapshots->newest = counted;
            snapshots->encoded_ns = now;
            snapshots->wanted = false;
        }
        pthread_mutex_unlock(&snapshots->lock);

        if (counted)
            snapshots->source->ready(snapshots->source);
        else
            diag_error("canvas.png: out of memory; trying again in a second");
        snapshot_release(old ? &old->snapshot : NULL);
        pthread_mutex_lock(&snapshots->lock);
    }
    pthread_mutex_unlock(&snapshots->lock);
    return NULL;
}

struct snapshots *snapshots_create(struct snapshot_source *source)
{
    struct snapshots *snapshots = calloc(1, sizeof *snapshots);
    if (!snapshots)
        return NULL;
    snapshots->source = source;
    snapshots->canvas = malloc(sizeof *snapshots->canvas);
    if (!snapshots->canvas)
        goto fail_canvas;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&snapshots->change, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&snapshots->lock, NULL);
    int error = pthread_create(&snapshots->thread, NULL, work, snapshots);
    if (error) {
        errno = error;
        goto fail_thread;
    }
    return snapshots;

fail_thread:
    pthread_mutex_destroy(&snapshots->lock);
    pthread_cond_destroy(&snapshots->change);
    free(snapshots->canvas);
fail_canvas:
    free(snapshots);
    return NULL;
}

struct snapshot *snapshots_get(struct snapshots *snapshots)
{
    uint64_t version = snapshots->source->version(snapshots->source);
    struct snapshot *snapshot = NULL;
    pthread_mutex_lock(&snapshots->lock);
    struct counted *newest = snapshots->newest;
    /* Age counts from the end of the encoding: on a machine so slow that encoding takes a second,
     * those who were told "ready" must still find it current. */
    if (newest &&
        (newest->snapshot.version >= version || now_ns() - snapshots->encoded_ns < SECOND_NS)) {
        snapshot = retain(newest);
    } else if (!snapshots->wanted) {
        snapshots->wanted = true;
        pthread_cond_signal(&snapshots->change);
    }
    pthread_mutex_unlock(&snapshots->lock);
    return snapshot;
}

struct snapshot *snapshots_newest(struct snapshots *snapshots)
{
    pthread_mutex_lock(&snapshots->lock);
    struct snapshot *snapshot = retain(snapshots->newest);
    pthread_mutex_unlock(&snapshots->lock);
    return snapshot;
}

void snapshots_destroy(struct snapshots *snapshots)
{
    if (!snapshots)
        return;
    pthread_mutex_lock(&snapshots->lock);
    snapshots->stop = true;
    pthread_cond_signal(&snapshots->change);
    pthread_mutex_unlock(&snapshots->lock);
    pthread_join(snapshots->thread, NULL);
    snapshot_release(snapshots->newest ? &snapshots->newest->snapshot : NULL);
    pthread_cond_destroy(&snapshots->change);
    pthread_mutex_destroy(&snapshots->lock);
    free(snapshots->canvas);
    free(snapshots);
}
