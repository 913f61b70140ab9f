/* SPDX-License-Identifier: ISC */
/* queue_kafka: joins topics, producer, consumers and readers to a queue. */
#include "render/queue/kafka/queue_kafka.h"

#include <stdio.h>
#include <stdlib.h>

#include "render/queue/kafka/appender.h"
#include "render/queue/kafka/group_consumer.h"
#include "render/queue/kafka/topic_reader.h"
#include "render/queue/kafka/topics.h"
#include "sys/clock.h"

enum { OPEN_MS = 10000 }; /* how long opening waits for a broker */

struct queue_kafka {
    struct queue queue; /* first: a queue is cast to it */
    struct topics topics;
    struct appender *appender;
};

static struct queue_kafka *of(struct queue *queue)
{
    return (struct queue_kafka *)queue;
}

static int append(struct queue *queue, enum queue_topic topic, struct queue_bytes key,
                  struct queue_bytes value, struct queue_outcome *outcome)
{
    return appender_append(of(queue)->appender, topic, key, value, outcome);
}

static struct queue_consumer *consume(struct queue *queue, enum queue_topic topic,
                                      const char *group, char error[QUEUE_ERROR_BYTES])
{
    return group_consumer_create(&of(queue)->topics, topic, group, error);
}

static struct queue_reader *reader_create(struct queue *queue, enum queue_topic topic,
                                          char error[QUEUE_ERROR_BYTES])
{
    return topic_reader_create(&of(queue)->topics, topic, error);
}

static void close_queue(struct queue *queue)
{
    struct queue_kafka *k = of(queue);
    appender_destroy(k->appender);
    topics_finish(&k->topics);
    free(k);
}

static const struct queue_ops ops = {
    .append = append,
    .consume = consume,
    .reader_create = reader_create,
    .close = close_queue,
};

struct queue *queue_kafka_open(const char *where, const struct queue_options *options,
                               char error[QUEUE_ERROR_BYTES])
{
    int64_t deadline_ms = clock_now_ms() + OPEN_MS;
    struct queue_kafka *k = calloc(1, sizeof *k);
    if (!k) {
        snprintf(error, QUEUE_ERROR_BYTES, "no memory");
        return NULL;
    }
    k->queue.ops = &ops;
    if (topics_init(&k->topics, where, options, error) != 0) {
        free(k);
        return NULL;
    }
    k->appender = appender_create(&k->topics, error);
    if (k->appender &&
        topics_prepare(&k->topics, appender_client(k->appender), deadline_ms, error) == 0)
        return &k->queue;
    close_queue(&k->queue);
    return NULL;
}

void queue_kafka_test_fatal(struct queue *queue)
{
    appender_test_fatal(of(queue)->appender);
}
