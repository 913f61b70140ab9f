/* SPDX-License-Identifier: ISC */
/* queue_open: a queue by its URL. */
#ifndef PLACED_RENDER_QUEUE_QUEUE_OPEN_H
#define PLACED_RENDER_QUEUE_QUEUE_OPEN_H

#include "render/queue/queue.h"
#include "render/queue/queue_options.h"

/* url: memory:, local:DIR or kafka://BROKERS/PREFIX (topics are PREFIX.NAME, groups PREFIX.GROUP).
 * Kafka: makes the topics that are missing, and waits ten seconds at most for a broker. NULL with a
 * reason in error. */
struct queue *queue_open(const char *url, const struct queue_options *options,
                         char error[QUEUE_ERROR_BYTES]);

#endif
