/* SPDX-License-Identifier: ISC */
/* shelf_memory: an array a topic, under a lock. Nothing of it can fail but memory. */
#include "render/queue/embedded/shelf_memory.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kept {
    int64_t time_ms;
    size_t len;
    uint8_t value[];
};

struct kept_topic {
    struct kept **records; /* that of offset low first */
    size_t n, room;
    uint64_t low;
};

struct shelf_memory {
    struct shelf shelf; /* first: a shelf is cast to it */
    pthread_mutex_t lock;
    struct kept_topic topics[QUEUE_TOPICS];
};

static struct shelf_memory *of(struct shelf *shelf)
{
    return (struct shelf_memory *)shelf;
}

static const char *load(struct shelf *shelf, struct shelf_bounds bounds[QUEUE_TOPICS],
                        struct shelf_groups *groups)
{
    memset(bounds, 0, QUEUE_TOPICS * sizeof *bounds);
    return NULL;
}

static const char *begin(struct shelf *shelf)
{
    return NULL;
}

static const char *put_locked(struct kept_topic *topic, int64_t time_ms, const void *value,
                              size_t len)
{
    if (topic->n == topic->room) {
        size_t room = topic->room ? 2 * topic->room : 16;
        struct kept **records = realloc(topic->records, room * sizeof(struct kept *));
        if (!records)
            return "no memory";
        topic->records = records;
        topic->room = room;
    }
    struct kept *kept = malloc(sizeof *kept + len);
    if (!kept)
        return "no memory";
    kept->time_ms = time_ms;
    kept->len = len;
    memcpy(kept->value, value, len);
    topic->records[topic->n++] = kept;
    return NULL;
}

static const char *put(struct shelf *shelf, enum queue_topic topic, uint64_t offset,
                       int64_t time_ms, const void *value, size_t len)
{
    struct shelf_memory *m = of(shelf);
    pthread_mutex_lock(&m->lock);
    const char *wrong = put_locked(&m->topics[topic], time_ms, value, len);
    pthread_mutex_unlock(&m->lock);
    return wrong;
}

static const char *drop(struct shelf *shelf, enum queue_topic topic, uint64_t from, uint64_t to)
{
    struct shelf_memory *m = of(shelf);
    pthread_mutex_lock(&m->lock);
    struct kept_topic *kept = &m->topics[topic];
    size_t n = to - from < kept->n ? (size_t)(to - from) : kept->n;
    for (size_t i = 0; i < n; i++)
        free(kept->records[i]);
    memmove(kept->records, kept->records + n, (kept->n - n) * sizeof(struct kept *));
    kept->n -= n;
    kept->low += n;
    pthread_mutex_unlock(&m->lock);
    return NULL;
}

static const char *set_high(struct shelf *shelf, enum queue_topic topic, uint64_t high)
{
    return NULL; /* nothing of it outlives the process */
}

static const char *set_place(struct shelf *shelf, enum queue_topic topic, const char *group,
                             uint64_t place)
{
    return NULL;
}

static const char *commit(struct shelf *shelf)
{
    return NULL;
}

static struct shelf_look *look_create(struct shelf *shelf)
{
    return (struct shelf_look *)shelf; /* a look has nothing of its own */
}

static void look_destroy(struct shelf *shelf, struct shelf_look *look)
{
    (void)look;
}

static size_t get(struct shelf *shelf, struct shelf_look *look, enum queue_topic topic,
                  uint64_t offset, uint8_t *value, int64_t *time_ms)
{
    struct shelf_memory *m = of(shelf);
    size_t len = 0;
    pthread_mutex_lock(&m->lock);
    const struct kept_topic *kept = &m->topics[topic];
    if (offset >= kept->low && offset - kept->low < kept->n) {
        const struct kept *record = kept->records[offset - kept->low];
        len = record->len;
        *time_ms = record->time_ms;
        memcpy(value, record->value, len);
    }
    pthread_mutex_unlock(&m->lock);
    return len;
}

static void close_shelf(struct shelf *shelf)
{
    struct shelf_memory *m = of(shelf);
    for (size_t t = 0; t < QUEUE_TOPICS; t++) {
        for (size_t i = 0; i < m->topics[t].n; i++)
            free(m->topics[t].records[i]);
        free(m->topics[t].records);
    }
    pthread_mutex_destroy(&m->lock);
    free(m);
}

static const struct shelf_ops ops = {
    .load = load,
    .begin = begin,
    .put = put,
    .drop = drop,
    .set_high = set_high,
    .set_place = set_place,
    .commit = commit,
    .look_create = look_create,
    .look_destroy = look_destroy,
    .get = get,
    .close = close_shelf,
};

struct shelf *shelf_memory_create(char error[QUEUE_ERROR_BYTES])
{
    struct shelf_memory *m = calloc(1, sizeof *m);
    if (!m || pthread_mutex_init(&m->lock, NULL) != 0) {
        free(m);
        snprintf(error, QUEUE_ERROR_BYTES, "no memory");
        return NULL;
    }
    m->shelf.ops = &ops;
    return &m->shelf;
}
