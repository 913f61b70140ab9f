/* SPDX-License-Identifier: ISC */
/*
 * tier: see tier.h. What was read from the main store is copied into the cache by a thread of its
 * own, since whoever reads may be an event loop. Such a copy must not replace what was put
 * meanwhile, so names share VERSIONS counters, each odd while a put is under way: a copy is made
 * only when the counter is even and as it was before the main store was read, under the lock that
 * puts hold.
 */
#include "render/store/tier.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/crc32c.h"
#include "render/name/picture.h"
#include "render/store/store_ops.h"
#include "sys/worker.h"

enum {
    VERSIONS = 256,
    COPIES = 64,                       /* that wait at most; what is more is not copied */
    COPY_BYTES_MAX = 16 * 1024 * 1024, /* in all of them */
};

struct version {
    pthread_mutex_t lock; /* held by puts and copies */
    atomic_uint n;
};

struct copy {
    struct copy *next;
    char name[PICTURE_NAME_BYTES];
    struct blob *blob;
    int64_t written_ms;
    unsigned n; /* of its version, when it was read */
};

struct tier {
    struct store store;
    struct store *cache, *main;
    struct worker *worker;
    struct job job;
    pthread_mutex_t lock; /* of the copies that wait */
    struct copy *first, **last;
    size_t copies, copy_bytes;
    struct version versions[VERSIONS];
};

static struct version *version_of(struct tier *tier, const char *name)
{
    return &tier->versions[crc32c(0, name, strlen(name)) % VERSIONS];
}

/* ---- copies ---- */

static void copy_drop(struct copy *copy)
{
    blob_release(copy->blob);
    free(copy);
}

static struct copy *copy_take(struct tier *tier)
{
    pthread_mutex_lock(&tier->lock);
    struct copy *copy = tier->first;
    if (copy) {
        tier->first = copy->next;
        if (!tier->first)
            tier->last = &tier->first;
        tier->copies--;
        tier->copy_bytes -= copy->blob->len;
    }
    pthread_mutex_unlock(&tier->lock);
    return copy;
}

static void copy_run(struct job *job)
{
    struct tier *tier = (struct tier *)((char *)job - offsetof(struct tier, job));
    struct copy *copy;
    while (!worker_stopping(tier->worker) && (copy = copy_take(tier))) {
        struct version *version = version_of(tier, copy->name);
        pthread_mutex_lock(&version->lock);
        if (atomic_load(&version->n) == copy->n)
            tier->cache->ops->put(tier->cache, copy->name, copy->blob->bytes, copy->blob->len,
                                  copy->written_ms, false);
        pthread_mutex_unlock(&version->lock);
        copy_drop(copy);
    }
}

static void copy_later(struct tier *tier, const char *name, struct blob *blob, int64_t written_ms,
                       unsigned n)
{
    struct copy *copy = calloc(1, sizeof *copy);
    if (!copy)
        return;
    snprintf(copy->name, sizeof copy->name, "%s", name);
    copy->blob = blob_hold(blob);
    copy->written_ms = written_ms;
    copy->n = n;
    pthread_mutex_lock(&tier->lock);
    bool room = tier->copies < COPIES && tier->copy_bytes + blob->len <= COPY_BYTES_MAX;
    if (room) {
        tier->copies++;
        tier->copy_bytes += blob->len;
        *tier->last = copy;
        tier->last = &copy->next;
    }
    pthread_mutex_unlock(&tier->lock);
    if (room)
        worker_add(tier->worker, &tier->job, 0);
    else
        copy_drop(copy);
}

/* ---- the store ---- */

/* What the main store had may be ahead of the cache while a put is under way, and the cache may
 * have got an older one since it was looked at: then that one counts, so that nobody is given an
 * older picture after a newer one. */
static void prefer_cached(struct tier *tier, const char *name, struct blob **blob, int64_t *written)
{
    struct blob *cached = NULL;
    int64_t cached_ms;
    if (tier->cache->ops->get(tier->cache, name, blob ? &cached : NULL, &cached_ms) != STORE_FOUND)
        return;
    *written = cached_ms;
    if (blob) {
        blob_release(*blob);
        *blob = cached;
    }
}

static enum store_result tier_get(struct store *store, const char *name, struct blob **blob,
                                  int64_t *written_ms)
{
    struct tier *tier = (struct tier *)store;
    struct version *version = version_of(tier, name);
    unsigned n = atomic_load(&version->n);
    int64_t written;
    enum store_result result = tier->cache->ops->get(tier->cache, name, blob, written_ms);
    if (result == STORE_FOUND)
        return result;
    result = tier->main->ops->get(tier->main, name, blob, &written);
    if (result != STORE_FOUND)
        return result;
    if (n % 2 == 1 || atomic_load(&version->n) != n)
        prefer_cached(tier, name, blob, &written);
    else if (blob)
        copy_later(tier, name, *blob, written, n);
    if (written_ms)
        *written_ms = written;
    return result;
}

/* In both, or where that fails: in none that is newer than the other. */
static int put_both(struct tier *tier, const char *name, const void *bytes, size_t len,
                    int64_t written_ms, bool durable)
{
    if (tier->main->ops->put(tier->main, name, bytes, len, written_ms, durable) != 0)
        return -1;
    if (tier->cache->ops->put(tier->cache, name, bytes, len, written_ms, false) == 0)
        return 0;
    return tier->cache->ops->remove(tier->cache, name); /* what it has is older */
}

static int tier_put(struct store *store, const char *name, const void *bytes, size_t len,
                    int64_t written_ms, bool durable)
{
    struct tier *tier = (struct tier *)store;
    struct version *version = version_of(tier, name);
    pthread_mutex_lock(&version->lock);
    atomic_fetch_add(&version->n, 1);
    int result = put_both(tier, name, bytes, len, written_ms, durable), error = errno;
    atomic_fetch_add(&version->n, 1);
    pthread_mutex_unlock(&version->lock);
    errno = error;
    return result;
}

static int tier_remove(struct store *store, const char *name)
{
    struct tier *tier = (struct tier *)store;
    struct version *version = version_of(tier, name);
    pthread_mutex_lock(&version->lock);
    atomic_fetch_add(&version->n, 1);
    int main = tier->main->ops->remove(tier->main, name);
    int cache = tier->cache->ops->remove(tier->cache, name);
    atomic_fetch_add(&version->n, 1);
    pthread_mutex_unlock(&version->lock);
    return main == 0 && cache == 0 ? 0 : -1;
}

static int tier_open_file(struct store *store, const char *name)
{
    struct tier *tier = (struct tier *)store;
    int fd = tier->cache->ops->open(tier->cache, name);
    return fd >= 0 ? fd : tier->main->ops->open(tier->main, name);
}

static void tier_close(struct store *store)
{
    struct tier *tier = (struct tier *)store;
    struct copy *copy;
    worker_destroy(tier->worker);
    while ((copy = copy_take(tier)))
        copy_drop(copy);
    for (size_t i = 0; i < VERSIONS; i++)
        pthread_mutex_destroy(&tier->versions[i].lock);
    pthread_mutex_destroy(&tier->lock);
    tier->cache->ops->close(tier->cache);
    tier->main->ops->close(tier->main);
    free(tier);
}

struct store *tier_open(struct store *cache, struct store *main, char error[STORE_ERROR_BYTES])
{
    static const struct store_ops ops = {tier_get, tier_put, tier_remove, tier_open_file,
                                         tier_close};
    struct tier *tier = calloc(1, sizeof *tier);
    if (tier)
        tier->worker = worker_create("render-tier", 1);
    if (!tier || !tier->worker) {
        snprintf(error, STORE_ERROR_BYTES, "a store before another: %s", strerror(errno));
        free(tier);
        cache->ops->close(cache);
        main->ops->close(main);
        return NULL;
    }
    tier->store.ops = &ops;
    tier->cache = cache;
    tier->main = main;
    tier->job.run = copy_run;
    tier->last = &tier->first;
    pthread_mutex_init(&tier->lock, NULL);
    for (size_t i = 0; i < VERSIONS; i++)
        pthread_mutex_init(&tier->versions[i].lock, NULL);
    return &tier->store;
}
