/* SPDX-License-Identifier: ISC */
/* topic_reader: reads a topic of one partition from its oldest record on, without a group. */
#ifndef PLACED_RENDER_QUEUE_KAFKA_TOPIC_READER_H
#define PLACED_RENDER_QUEUE_KAFKA_TOPIC_READER_H

#include "render/queue/kafka/topics.h"

/* NULL with a reason in error. */
struct queue_reader *topic_reader_create(const struct topics *topics, enum queue_topic topic,
                                         char error[QUEUE_ERROR_BYTES]);

#endif
