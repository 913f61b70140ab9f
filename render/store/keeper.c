/* SPDX-License-Identifier: ISC */
/* keeper: see keeper.h. A list of puts, and one job of a worker that empties it. */
#include "render/store/keeper.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "render/store/store.h"
#include "sys/clock.h"
#include "sys/worker.h"

enum { PUT_COST = 256 }; /* bytes that a put counts for beside its picture */

struct put {
    struct put *next;
    struct blob *blob;
    bool durable;
    void (*known)(void *context, bool kept);
    void *context;
    char name[];
};

struct keeper {
    struct store *store;
    struct worker *worker;
    struct job job;
    uint64_t limit;
    pthread_mutex_t lock; /* of what follows */
    struct put *first, **last;
    struct keeper_counts counts;
};

static uint64_t cost(const struct put *put)
{
    return PUT_COST + put->blob->len;
}

static struct put *take(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    struct put *put = keeper->first;
    if (put) {
        keeper->first = put->next;
        if (!keeper->first)
            keeper->last = &keeper->first;
    }
    pthread_mutex_unlock(&keeper->lock);
    return put;
}

static void do_put(struct keeper *keeper, struct put *put)
{
    bool kept =
        store_put(keeper->store, put->name, put->blob->bytes, put->blob->len, put->durable) == 0;
    pthread_mutex_lock(&keeper->lock);
    keeper->counts.puts += kept;
    keeper->counts.failed += !kept;
    keeper->counts.waiting_bytes -= cost(put);
    pthread_mutex_unlock(&keeper->lock);
    if (put->known)
        put->known(put->context, kept);
    blob_release(put->blob);
    free(put);
}

static void run(struct job *job)
{
    struct keeper *keeper = (struct keeper *)((char *)job - offsetof(struct keeper, job));
    for (struct put *put; (put = take(keeper));)
        do_put(keeper, put);
}

struct keeper *keeper_create(struct store *store, uint64_t bytes)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);
    if (!keeper)
        return NULL;
    keeper->store = store;
    keeper->limit = bytes;
    keeper->last = &keeper->first;
    keeper->job.run = run;
    pthread_mutex_init(&keeper->lock, NULL);
    keeper->worker = worker_create("keeper", 1);
    if (keeper->worker)
        return keeper;
    int error = errno;
    pthread_mutex_destroy(&keeper->lock);
    free(keeper);
    errno = error;
    return NULL;
}

void keeper_destroy(struct keeper *keeper)
{
    if (!keeper)
        return;
    worker_destroy(keeper->worker); /* a job that runs is finished, one that waits is not begun */
    run(&keeper->job);
    pthread_mutex_destroy(&keeper->lock);
    free(keeper);
}

bool keeper_put(struct keeper *keeper, const char *name, struct blob *blob, bool durable,
                void (*known)(void *context, bool kept), void *context)
{
    size_t len = strlen(name) + 1;
    struct put *put = malloc(sizeof *put + len);
    pthread_mutex_lock(&keeper->lock);
    if (!put || keeper->counts.waiting_bytes + PUT_COST + blob->len > keeper->limit) {
        keeper->counts.dropped++;
        pthread_mutex_unlock(&keeper->lock);
        free(put);
        return false;
    }
    *put = (struct put){
        .blob = blob_hold(blob), .durable = durable, .known = known, .context = context};
    memcpy(put->name, name, len);
    *keeper->last = put;
    keeper->last = &put->next;
    keeper->counts.waiting_bytes += cost(put);
    pthread_mutex_unlock(&keeper->lock);
    worker_add(keeper->worker, &keeper->job, clock_now_ms());
    return true;
}

bool keeper_has_room(struct keeper *keeper, uint64_t bytes)
{
    pthread_mutex_lock(&keeper->lock);
    bool room = keeper->counts.waiting_bytes + bytes <= keeper->limit;
    pthread_mutex_unlock(&keeper->lock);
    return room;
}

struct keeper_counts keeper_look(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    struct keeper_counts counts = keeper->counts;
    pthread_mutex_unlock(&keeper->lock);
    return counts;
}
