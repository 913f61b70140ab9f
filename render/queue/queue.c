/* SPDX-License-Identifier: ISC */
/* queue: what is the same for every kind: the limits. */
#include "render/queue/queue.h"

#include <stdio.h>
#include <string.h>

const char *queue_topic_name(enum queue_topic topic)
{
    static const char *const names[QUEUE_TOPICS] = {
        [QUEUE_UPLOADS] = "uploads",
        [QUEUE_TILES] = "tiles",
        [QUEUE_EVENTS] = "events",
        [QUEUE_DEAD] = "dead",
    };
    return names[topic];
}

void queue_close(struct queue *queue)
{
    if (queue)
        queue->ops->close(queue);
}

int queue_append(struct queue *queue, enum queue_topic topic, const void *key, size_t key_len,
                 const void *value, size_t len, struct queue_outcome *outcome)
{
    if (key_len > QUEUE_KEY_MAX || len == 0 || len > QUEUE_VALUE_MAX)
        return -1;
    return queue->ops->append(queue, topic, (struct queue_bytes){key, key_len},
                              (struct queue_bytes){value, len}, outcome);
}

struct queue_consumer *queue_consume(struct queue *queue, enum queue_topic topic, const char *group,
                                     char error[QUEUE_ERROR_BYTES])
{
    size_t len = strnlen(group, QUEUE_GROUP_MAX + 1);
    if (len == 0 || len > QUEUE_GROUP_MAX ||
        strspn(group, "abcdefghijklmnopqrstuvwxyz0123456789") != len) {
        snprintf(error, QUEUE_ERROR_BYTES,
                 "%.40s: not a group: expected at most %d small letters and digits", group,
                 QUEUE_GROUP_MAX);
        return NULL;
    }
    return queue->ops->consume(queue, topic, group, error);
}

void queue_consumer_destroy(struct queue_consumer *consumer)
{
    if (consumer)
        consumer->ops->destroy(consumer);
}

enum queue_result queue_poll(struct queue_consumer *consumer, int timeout_ms, bool want,
                             struct queue_task *task, char error[QUEUE_ERROR_BYTES])
{
    return consumer->ops->poll(consumer, timeout_ms, want, task, error);
}

void queue_wake(struct queue_consumer *consumer)
{
    consumer->ops->wake(consumer);
}

void queue_done(struct queue_consumer *consumer, uint64_t number)
{
    consumer->ops->done(consumer, number);
}

uint64_t queue_depth(struct queue_consumer *consumer)
{
    return consumer->ops->depth(consumer);
}

struct queue_reader *queue_reader_create(struct queue *queue, enum queue_topic topic,
                                         char error[QUEUE_ERROR_BYTES])
{
    return queue->ops->reader_create(queue, topic, error);
}

void queue_reader_destroy(struct queue_reader *reader)
{
    if (reader)
        reader->ops->destroy(reader);
}

enum queue_result queue_read(struct queue_reader *reader, int timeout_ms,
                             struct queue_record *record, char error[QUEUE_ERROR_BYTES])
{
    return reader->ops->read(reader, timeout_ms, record, error);
}

bool queue_reader_caught_up(const struct queue_reader *reader)
{
    return reader->ops->caught_up(reader);
}

void queue_reader_wake(struct queue_reader *reader)
{
    reader->ops->wake(reader);
}
