/* SPDX-License-Identifier: ISC */
/* queue_embedded: see queue_embedded.h. */
#include "render/queue/embedded/queue_embedded.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/queue/embedded/embedded_consumer.h"
#include "render/queue/embedded/embedded_reader.h"
#include "render/queue/embedded/embedded_state.h"
#include "render/queue/embedded/embedded_writer.h"
#include "sys/clock.h"

enum {
    APPENDS_MAX = 64 * 1024, /* without outcome */
    APPEND_BYTES_MAX = 16 * 1024 * 1024,
    GROUPS_MAX = 64,
};

static struct embedded *of(struct queue *queue)
{
    return (struct embedded *)queue;
}

static int append(struct queue *queue, enum queue_topic topic, struct queue_bytes key,
                  struct queue_bytes value, struct queue_outcome *outcome)
{
    struct embedded *e = of(queue);
    struct embedded_append *a = malloc(sizeof *a + value.len);
    if (!a)
        return -1;
    *a = (struct embedded_append){
        .outcome = outcome, .topic = topic, .time_ms = clock_wall_ms(), .len = value.len};
    memcpy(a->value, value.bytes, value.len);
    pthread_mutex_lock(&e->lock);
    bool room = e->n_appends < APPENDS_MAX && e->append_bytes + value.len <= APPEND_BYTES_MAX;
    if (room) {
        *e->appends_end = a;
        e->appends_end = &a->next;
        e->n_appends++;
        e->append_bytes += value.len;
        pthread_cond_signal(&e->work);
    }
    pthread_mutex_unlock(&e->lock);
    if (!room)
        free(a);
    return room ? 0 : -1;
}

/* ---- groups ---- */

/* The group, made if it is new; NULL: too many, or no memory. With the lock. */
static struct embedded_group *find_group(struct embedded *e, enum queue_topic topic,
                                         const char *name)
{
    for (struct embedded_group *g = e->groups; g; g = g->next_group)
        if (g->topic == topic && strcmp(g->name, name) == 0)
            return g;
    struct embedded_group *g = e->n_groups < GROUPS_MAX ? calloc(1, sizeof *g) : NULL;
    if (!g)
        return NULL;
    g->topic = topic;
    snprintf(g->name, sizeof g->name, "%s", name);
    g->next = e->bounds[topic].low;
    g->written = UINT64_MAX; /* the shelf does not know it yet */
    given_init(&g->given, g->next);
    g->next_group = e->groups;
    e->groups = g;
    e->n_groups++;
    return g;
}

struct loading {
    struct shelf_groups groups; /* first: it is cast to this */
    struct embedded *e;
};

static void found_group(struct shelf_groups *groups, enum queue_topic topic, const char *name,
                        uint64_t place)
{
    struct embedded *e = ((struct loading *)groups)->e;
    if (strnlen(name, QUEUE_GROUP_MAX + 1) > QUEUE_GROUP_MAX)
        return;
    struct embedded_group *g = find_group(e, topic, name);
    if (!g)
        return;
    const struct shelf_bounds *b = &e->bounds[topic];
    g->written = place;
    g->next = place < b->low ? b->low : place > b->high ? b->high : place;
    g->given.place = g->next;
}

static struct queue_consumer *consume(struct queue *queue, enum queue_topic topic,
                                      const char *group, char error[QUEUE_ERROR_BYTES])
{
    struct embedded *e = of(queue);
    pthread_mutex_lock(&e->lock);
    struct embedded_group *g = find_group(e, topic, group);
    if (g && g->written == UINT64_MAX)
        embedded_tidy_soon(e);
    pthread_mutex_unlock(&e->lock);
    struct queue_consumer *consumer = g ? embedded_consumer_create(e, g) : NULL;
    if (!consumer)
        snprintf(error, QUEUE_ERROR_BYTES, "queue: group %s of %s: no memory, or more than %d",
                 group, queue_topic_name(topic), GROUPS_MAX);
    return consumer;
}

static struct queue_reader *reader_create(struct queue *queue, enum queue_topic topic,
                                          char error[QUEUE_ERROR_BYTES])
{
    struct queue_reader *reader = embedded_reader_create(of(queue), topic);
    if (!reader)
        snprintf(error, QUEUE_ERROR_BYTES, "queue: a reader of %s: no memory",
                 queue_topic_name(topic));
    return reader;
}

static void free_all(struct embedded *e)
{
    while (e->groups) {
        struct embedded_group *g = e->groups;
        e->groups = g->next_group;
        given_finish(&g->given);
        free(g);
    }
    e->shelf->ops->close(e->shelf);
    free(e);
}

static void close_queue(struct queue *queue)
{
    struct embedded *e = of(queue);
    pthread_mutex_lock(&e->lock);
    e->closing = true;
    pthread_cond_signal(&e->work);
    pthread_mutex_unlock(&e->lock);
    pthread_join(e->thread, NULL);
    pthread_cond_destroy(&e->news);
    pthread_cond_destroy(&e->work);
    pthread_mutex_destroy(&e->lock);
    free_all(e);
}

static const struct queue_ops ops = {
    .append = append,
    .consume = consume,
    .reader_create = reader_create,
    .close = close_queue,
};

/* 0, or an errno value. */
static int start(struct embedded *e)
{
    int rc = pthread_mutex_init(&e->lock, NULL);
    if (rc != 0)
        return rc;
    rc = clock_cond_init(&e->work);
    if (rc != 0)
        goto no_work;
    rc = clock_cond_init(&e->news);
    if (rc != 0)
        goto no_news;
    rc = pthread_create(&e->thread, NULL, embedded_write, e);
    if (rc == 0)
        return 0;
    pthread_cond_destroy(&e->news);
no_news:
    pthread_cond_destroy(&e->work);
no_work:
    pthread_mutex_destroy(&e->lock);
    return rc;
}

struct queue *queue_embedded_open(struct shelf *shelf, char error[QUEUE_ERROR_BYTES])
{
    if (!shelf)
        return NULL;
    struct embedded *e = calloc(1, sizeof *e);
    if (!e) {
        shelf->ops->close(shelf);
        snprintf(error, QUEUE_ERROR_BYTES, "no memory");
        return NULL;
    }
    e->queue.ops = &ops;
    e->shelf = shelf;
    e->appends_end = &e->appends;
    e->tidy_due_ms = CLOCK_NEVER;
    struct loading loading = {.groups.found = found_group, .e = e};
    const char *wrong = shelf->ops->load(shelf, e->bounds, &loading.groups);
    int rc = wrong ? 0 : start(e);
    if (!wrong && rc == 0)
        return &e->queue;
    snprintf(error, QUEUE_ERROR_BYTES, "queue: %.200s", wrong ? wrong : strerror(rc));
    free_all(e);
    return NULL;
}
