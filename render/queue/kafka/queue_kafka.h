/* SPDX-License-Identifier: ISC */
/* queue_kafka: a queue on Kafka, which any number of processes share. */
#ifndef PLACED_RENDER_QUEUE_KAFKA_QUEUE_KAFKA_H
#define PLACED_RENDER_QUEUE_KAFKA_QUEUE_KAFKA_H

#include "render/queue/queue.h"
#include "render/queue/queue_options.h"

/* where: BROKERS/PREFIX. NULL with a reason in error. */
struct queue *queue_kafka_open(const char *where, const struct queue_options *options,
                               char error[QUEUE_ERROR_BYTES]);

/* For tests: its producer fails for good. */
void queue_kafka_test_fatal(struct queue *queue);

#endif
