/* SPDX-License-Identifier: ISC */
/* embedded_consumer: chooses a task under the lock, and reads it without. */
#include "render/queue/embedded/embedded_consumer.h"

#include <stdlib.h>

#include "render/queue/embedded/embedded_writer.h"
#include "sys/clock.h"

struct embedded_consumer {
    struct queue_consumer consumer; /* first: a consumer is cast to it */
    struct embedded *e;
    struct embedded_group *group;
    struct shelf_look *look;
    bool woken; /* under the lock */
    uint8_t value[QUEUE_VALUE_MAX];
};

static struct embedded_consumer *of(struct queue_consumer *consumer)
{
    return (struct embedded_consumer *)consumer;
}

/* With the lock: the offset of a task that is this consumer's from now on. */
static bool take(struct embedded_consumer *c, uint64_t *offset)
{
    struct embedded_group *g = c->group;
    const struct shelf_bounds *b = &c->e->bounds[g->topic];
    if (given_again(&g->given, c, offset))
        return true;
    if (g->next < b->low) /* dropped because of its age */
        g->next = b->low;
    if (g->next >= b->high || given_count(&g->given) >= QUEUE_GIVEN_MAX ||
        !given_add(&g->given, g->next, g->next, c))
        return false;
    *offset = g->next++;
    return true;
}

static void done(struct queue_consumer *consumer, uint64_t number)
{
    struct embedded_consumer *c = of(consumer);
    pthread_mutex_lock(&c->e->lock);
    uint64_t before = c->group->given.place;
    given_done(&c->group->given, number, c);
    if (c->group->given.place != before)
        embedded_tidy_soon(c->e);
    pthread_mutex_unlock(&c->e->lock);
}

/* Wait for a task until the deadline; false: nothing, or woken. */
static bool await(struct embedded_consumer *c, int64_t deadline_ms, bool want, uint64_t *offset)
{
    bool got = false;
    pthread_mutex_lock(&c->e->lock);
    while (!c->woken && !(want && (got = take(c, offset))) &&
           clock_wait(&c->e->news, &c->e->lock, deadline_ms))
        ;
    if (!got)
        c->woken = false;
    pthread_mutex_unlock(&c->e->lock);
    return got;
}

static enum queue_result poll(struct queue_consumer *consumer, int timeout_ms, bool want,
                              struct queue_task *task, char error[QUEUE_ERROR_BYTES])
{
    struct embedded_consumer *c = of(consumer);
    int64_t deadline_ms = clock_now_ms() + timeout_ms;
    uint64_t offset;
    while (await(c, deadline_ms, want, &offset)) {
        *task = (struct queue_task){.number = offset, .value = c->value};
        task->len = c->e->shelf->ops->get(c->e->shelf, c->look, c->group->topic, offset, c->value,
                                          &task->time_ms);
        if (task->len > 0)
            return QUEUE_GOT;
        done(consumer, offset); /* dropped meanwhile because of its age, or damaged */
    }
    return QUEUE_NOTHING;
}

static void wake(struct queue_consumer *consumer)
{
    struct embedded_consumer *c = of(consumer);
    pthread_mutex_lock(&c->e->lock);
    c->woken = true;
    pthread_cond_broadcast(&c->e->news);
    pthread_mutex_unlock(&c->e->lock);
}

static uint64_t depth(struct queue_consumer *consumer)
{
    struct embedded_consumer *c = of(consumer);
    pthread_mutex_lock(&c->e->lock);
    const struct shelf_bounds *b = &c->e->bounds[c->group->topic];
    uint64_t place = c->group->given.place < b->low ? b->low : c->group->given.place;
    uint64_t n = b->high - place;
    pthread_mutex_unlock(&c->e->lock);
    return n;
}

static void destroy(struct queue_consumer *consumer)
{
    struct embedded_consumer *c = of(consumer);
    pthread_mutex_lock(&c->e->lock);
    given_release(&c->group->given, c);
    pthread_cond_broadcast(&c->e->news); /* the others of its group get its tasks */
    pthread_mutex_unlock(&c->e->lock);
    c->e->shelf->ops->look_destroy(c->e->shelf, c->look);
    free(c);
}

static const struct queue_consumer_ops ops = {
    .poll = poll,
    .wake = wake,
    .done = done,
    .depth = depth,
    .destroy = destroy,
};

struct queue_consumer *embedded_consumer_create(struct embedded *e, struct embedded_group *group)
{
    struct embedded_consumer *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->look = e->shelf->ops->look_create(e->shelf);
    if (!c->look) {
        free(c);
        return NULL;
    }
    c->consumer.ops = &ops;
    c->e = e;
    c->group = group;
    return &c->consumer;
}
