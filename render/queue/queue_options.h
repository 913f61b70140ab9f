/* SPDX-License-Identifier: ISC */
/* queue_options: what can be chosen when a queue is opened. */
#ifndef PLACED_RENDER_QUEUE_QUEUE_OPTIONS_H
#define PLACED_RENDER_QUEUE_QUEUE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "log/options.h"

/* All zero is a good choice. Everything is copied. */
struct queue_options {
    int replication;                       /* of topics that have to be made; 0: 1 */
    unsigned partitions;                   /* of topics that are shared out; 0: 64 */
    const struct log_property *properties; /* librdkafka's */
    size_t n_properties;
    uint64_t map_bytes; /* embedded: address space; 0: 4 GiB */
};

#endif
