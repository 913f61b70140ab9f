/* SPDX-License-Identifier: ISC */
/* queue_open: a queue by its URL. */
#ifndef PLACED_RENDER_QUEUE_QUEUE_OPEN_H
#define PLACED_RENDER_QUEUE_QUEUE_OPEN_H

#include <stddef.h>
#include <stdint.h>

#include "log/options.h"
#include "render/queue/queue.h"

/* All zero is a good choice. Everything is copied. */
struct queue_options {
    int replication;                       /* of topics that have to be made; 0: 1 */
    unsigned partitions;                   /* of topics that are shared out; 0: 64 */
    const struct log_property *properties; /* librdkafka's */
    size_t n_properties;
    uint64_t map_bytes; /* embedded: address space; 0: 4 GiB */
};

/* url: memory:, local:DIR or kafka://BROKERS/PREFIX (topics are PREFIX.NAME, groups PREFIX.GROUP).
 * Kafka: makes the topics that are missing, and waits ten seconds at most for a broker. NULL with a
 * reason in error. */
struct queue *queue_open(const char *url, const struct queue_options *options,
                         char error[QUEUE_ERROR_BYTES]);

#endif
