/* SPDX-License-Identifier: ISC */
/* embedded_reader: a place in a topic. */
#include "render/queue/embedded/embedded_reader.h"

#include <stdlib.h>

#include "sys/clock.h"

struct embedded_reader {
    struct queue_reader reader; /* first: a reader is cast to it */
    struct embedded *e;
    enum queue_topic topic;
    struct shelf_look *look;
    uint64_t next, target; /* target: the end when it was created */
    bool woken;            /* under the lock */
    uint8_t value[QUEUE_VALUE_MAX];
};

static struct embedded_reader *of(struct queue_reader *reader)
{
    return (struct embedded_reader *)reader;
}

/* Is there a record at next before the deadline? */
static bool await(struct embedded_reader *r, int64_t deadline_ms)
{
    const struct shelf_bounds *b = &r->e->bounds[r->topic];
    pthread_mutex_lock(&r->e->lock);
    while (!r->woken && r->next >= b->high && clock_wait(&r->e->news, &r->e->lock, deadline_ms))
        ;
    bool there = r->next < b->high;
    if (r->next < b->low)
        r->next = b->low;
    if (!there)
        r->woken = false;
    pthread_mutex_unlock(&r->e->lock);
    return there;
}

static enum queue_result read_record(struct queue_reader *reader, int timeout_ms,
                                     struct queue_record *record, char error[QUEUE_ERROR_BYTES])
{
    struct embedded_reader *r = of(reader);
    int64_t deadline_ms = clock_now_ms() + timeout_ms;
    while (await(r, deadline_ms)) {
        *record = (struct queue_record){.offset = r->next++, .value = r->value};
        record->len = r->e->shelf->ops->get(r->e->shelf, r->look, r->topic, record->offset,
                                            r->value, &record->time_ms);
        if (record->len > 0)
            return QUEUE_GOT;
    }
    return QUEUE_NOTHING;
}

static bool caught_up(const struct queue_reader *reader)
{
    const struct embedded_reader *r = (const struct embedded_reader *)reader;
    return r->next >= r->target;
}

static void wake(struct queue_reader *reader)
{
    struct embedded_reader *r = of(reader);
    pthread_mutex_lock(&r->e->lock);
    r->woken = true;
    pthread_cond_broadcast(&r->e->news);
    pthread_mutex_unlock(&r->e->lock);
}

static void destroy(struct queue_reader *reader)
{
    struct embedded_reader *r = of(reader);
    r->e->shelf->ops->look_destroy(r->e->shelf, r->look);
    free(r);
}

static const struct queue_reader_ops ops = {
    .read = read_record,
    .caught_up = caught_up,
    .wake = wake,
    .destroy = destroy,
};

struct queue_reader *embedded_reader_create(struct embedded *e, enum queue_topic topic)
{
    struct embedded_reader *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->look = e->shelf->ops->look_create(e->shelf);
    if (!r->look) {
        free(r);
        return NULL;
    }
    r->reader.ops = &ops;
    r->e = e;
    r->topic = topic;
    pthread_mutex_lock(&e->lock);
    r->next = e->bounds[topic].low;
    r->target = e->bounds[topic].high;
    pthread_mutex_unlock(&e->lock);
    return &r->reader;
}
