/* SPDX-License-Identifier: ISC */
/*
 * topics: where the queue is on Kafka, and its topics: made when they are missing, verified
 * otherwise. What is shared out has many partitions, since so many consumers can share at most;
 * what everybody reads has one, so that it has one order.
 */
#ifndef PLACED_RENDER_QUEUE_KAFKA_TOPICS_H
#define PLACED_RENDER_QUEUE_KAFKA_TOPICS_H

#include <assert.h>

#include <librdkafka/rdkafka.h>

#include "log/kafka/kafka_conf.h"
#include "render/queue/queue.h"
#include "render/queue/queue_options.h"

static_assert((int)QUEUE_ERROR_BYTES == (int)LOG_ERROR_BYTES, "reasons are passed on");

enum { TOPIC_NAME_BYTES = 160 };

struct topics {
    struct kafka_settings settings; /* topic: the prefix */
    unsigned partitions;
    char names[QUEUE_TOPICS][TOPIC_NAME_BYTES];
};

/* where: BROKERS/PREFIX. 0, or -1 with a reason in error. */
int topics_init(struct topics *topics, const char *where, const struct queue_options *options,
                char error[QUEUE_ERROR_BYTES]);
void topics_finish(struct topics *topics);

/* Make or verify all of them by this client, and wait until deadline_ms for a broker. 0, or -1 with
 * a reason in error. */
int topics_prepare(const struct topics *topics, rd_kafka_t *rk, int64_t deadline_ms,
                   char error[QUEUE_ERROR_BYTES]);

#endif
