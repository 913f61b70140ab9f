/* SPDX-License-Identifier: ISC */
/*
 * appender: the producer of a queue, and the thread that polls it for outcomes. A producer that has
 * failed for good (which librdkafka's idempotent one can after a time-out) is replaced.
 */
#ifndef PLACED_RENDER_QUEUE_KAFKA_APPENDER_H
#define PLACED_RENDER_QUEUE_KAFKA_APPENDER_H

#include "render/queue/kafka/topics.h"

struct appender;

/* topics must outlive it. NULL with a reason in error. */
struct appender *appender_create(const struct topics *topics, char error[QUEUE_ERROR_BYTES]);
/* Waits some seconds for what is under way, and gives the rest up. NULL is fine. */
void appender_destroy(struct appender *appender);

/* Its client, for requests. Until another function of it is called. */
rd_kafka_t *appender_client(struct appender *appender);

/* As queue_append. */
int appender_append(struct appender *appender, enum queue_topic topic, struct queue_bytes key,
                    struct queue_bytes value, struct queue_outcome *outcome);

/* For tests: the producer fails for good. */
void appender_test_fatal(struct appender *appender);

#endif
