/* SPDX-License-Identifier: ISC */
/* consumer: see consumer.h. */
#include "render/batch/consumer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"
#include "sys/diag.h"

enum {
    POLL_MS = 500,      /* also how late `may_take` is asked again */
    PAUSE_MS = 1000,    /* after something failed */
    SAY_MS = 60 * 1000, /* how often that is said */
};

struct consumer {
    struct consumer_config config;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    bool stop;
    unsigned room, under_way;
    unsigned memberships;         /* numbers of tasks are of one of these */
    struct queue_consumer *queue; /* NULL: not in its group */
    struct consumer_task *first, **last;
    int64_t next_say_ms;
};

/* ---- the thread ---- */

static void complain(struct consumer *consumer, const char *error)
{
    int64_t now = clock_now_ms();
    if (now >= consumer->next_say_ms) {
        diag_warn("queue %s, group %s: %s", queue_topic_name(consumer->config.topic),
                  consumer->config.group, error);
        consumer->next_say_ms = now + SAY_MS;
    }
    clock_wait(&consumer->changed, &consumer->lock, now + PAUSE_MS);
}

/* Lock held; let go of meanwhile, since others must not wait for a broker. */
static void join(struct consumer *consumer)
{
    char error[QUEUE_ERROR_BYTES] = "";
    pthread_mutex_unlock(&consumer->lock);
    struct queue_consumer *queue = queue_consume(consumer->config.queue, consumer->config.topic,
                                                 consumer->config.group, error);
    pthread_mutex_lock(&consumer->lock);
    consumer->queue = queue;
    if (queue)
        consumer->memberships++;
    else if (!consumer->stop)
        complain(consumer, error);
}

static void leave(struct consumer *consumer)
{
    struct queue_consumer *queue = consumer->queue;
    consumer->queue = NULL;
    pthread_mutex_unlock(&consumer->lock);
    queue_consumer_destroy(queue);
    pthread_mutex_lock(&consumer->lock);
}

/* False: no memory. */
static bool keep(struct consumer *consumer, const struct queue_task *queued)
{
    struct consumer_task *task = malloc(sizeof *task + queued->len);
    if (!task)
        return false;
    task->next = NULL;
    task->consumer = consumer;
    task->number = queued->number;
    task->membership = consumer->memberships;
    task->time_ms = queued->time_ms;
    task->len = queued->len;
    if (queued->len > 0)
        memcpy(task->value, queued->value, queued->len);
    *consumer->last = task;
    consumer->last = &task->next;
    consumer->under_way++;
    return true;
}

static void poll_once(struct consumer *consumer)
{
    const struct consumer_config *config = &consumer->config;
    char error[QUEUE_ERROR_BYTES] = "";
    struct queue_task task;
    struct queue_consumer *queue = consumer->queue;
    bool want = consumer->under_way < consumer->room;
    pthread_mutex_unlock(&consumer->lock);
    if (want && config->may_take)
        want = config->may_take(config->context);
    enum queue_result result = queue_poll(queue, POLL_MS, want, &task, error);
    pthread_mutex_lock(&consumer->lock);
    bool kept = result == QUEUE_GOT && keep(consumer, &task);
    if (kept) {
        pthread_mutex_unlock(&consumer->lock);
        config->wake(config->context);
        pthread_mutex_lock(&consumer->lock);
    } else if (result == QUEUE_GOT) { /* it comes again once this one has left the group */
        complain(consumer, "out of memory");
        leave(consumer);
    } else if (result == QUEUE_BROKEN && !consumer->stop) {
        complain(consumer, error);
    }
}

static void *run(void *argument)
{
    struct consumer *consumer = argument;
    pthread_mutex_lock(&consumer->lock);
    while (!consumer->stop) {
        if (!consumer->queue && (consumer->room > 0 || consumer->memberships == 0))
            join(consumer);
        else if (consumer->queue && (consumer->room > 0 || consumer->under_way > 0))
            poll_once(consumer);
        else if (consumer->queue)
            leave(consumer);
        else
            clock_wait(&consumer->changed, &consumer->lock, CLOCK_NEVER);
    }
    if (consumer->queue)
        leave(consumer);
    pthread_mutex_unlock(&consumer->lock);
    return NULL;
}

/* ---- the loop's side ---- */

struct consumer *consumer_create(const struct consumer_config *config)
{
    struct consumer *consumer = calloc(1, sizeof *consumer);
    if (!consumer)
        return NULL;
    consumer->config = *config;
    consumer->last = &consumer->first;
    pthread_mutex_init(&consumer->lock, NULL);
    if (clock_cond_init(&consumer->changed) != 0)
        goto fail_cond;
    if (pthread_create(&consumer->thread, NULL, run, consumer) != 0)
        goto fail_thread;
    pthread_setname_np(consumer->thread, "render-tasks");
    return consumer;

fail_thread:
    pthread_cond_destroy(&consumer->changed);
fail_cond:
    pthread_mutex_destroy(&consumer->lock);
    free(consumer);
    return NULL;
}

/* Let the thread look again. Lock held. */
static void nudge(struct consumer *consumer)
{
    pthread_cond_signal(&consumer->changed);
    if (consumer->queue)
        queue_wake(consumer->queue);
}

void consumer_destroy(struct consumer *consumer)
{
    if (!consumer)
        return;
    pthread_mutex_lock(&consumer->lock);
    consumer->stop = true;
    nudge(consumer);
    pthread_mutex_unlock(&consumer->lock);
    pthread_join(consumer->thread, NULL);
    for (struct consumer_task *task; (task = consumer->first);) {
        consumer->first = task->next;
        free(task);
    }
    pthread_cond_destroy(&consumer->changed);
    pthread_mutex_destroy(&consumer->lock);
    free(consumer);
}

void consumer_set_room(struct consumer *consumer, unsigned tasks)
{
    pthread_mutex_lock(&consumer->lock);
    if (tasks != consumer->room) {
        consumer->room = tasks;
        nudge(consumer);
    }
    pthread_mutex_unlock(&consumer->lock);
}

struct consumer_task *consumer_take(struct consumer *consumer)
{
    pthread_mutex_lock(&consumer->lock);
    struct consumer_task *task = consumer->first;
    if (task) {
        consumer->first = task->next;
        if (!consumer->first)
            consumer->last = &consumer->first;
        task->next = NULL;
    }
    pthread_mutex_unlock(&consumer->lock);
    return task;
}

void consumer_end(struct consumer_task *task, bool done)
{
    struct consumer *consumer = task->consumer;
    pthread_mutex_lock(&consumer->lock);
    if (done && consumer->queue && task->membership == consumer->memberships)
        queue_done(consumer->queue, task->number);
    bool was_full = consumer->under_way-- >= consumer->room;
    if (was_full || consumer->under_way == 0)
        nudge(consumer);
    pthread_mutex_unlock(&consumer->lock);
    free(task);
}

uint64_t consumer_depth(struct consumer *consumer)
{
    pthread_mutex_lock(&consumer->lock);
    uint64_t depth = consumer->queue ? queue_depth(consumer->queue) : 0;
    pthread_mutex_unlock(&consumer->lock);
    return depth;
}
