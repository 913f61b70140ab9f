/* SPDX-License-Identifier: ISC */
/*
 * shelf: where an embedded queue keeps its records and the places of its groups. A topic's offsets
 * have no gaps; what is dropped is its oldest records.
 *
 * Threads: one writes, any may look, each by a look of its own.
 */
#ifndef PLACED_RENDER_QUEUE_EMBEDDED_SHELF_H
#define PLACED_RENDER_QUEUE_EMBEDDED_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "render/queue/queue.h"

struct shelf;
struct shelf_look;

/* The records from low to high - 1 are there. */
struct shelf_bounds {
    uint64_t low, high;
};

/* Told of each group whose place is known, when the shelf is loaded. */
struct shelf_groups {
    void (*found)(struct shelf_groups *groups, enum queue_topic topic, const char *group,
                  uint64_t place);
};

/* Each returns NULL, or what is wrong, until the next call. */
struct shelf_ops {
    const char *(*load)(struct shelf *shelf, struct shelf_bounds bounds[QUEUE_TOPICS],
                        struct shelf_groups *groups);

    /* One transaction: begin, what is to be done, commit, after which it is durable; or abort. A
     * failure within ends it like abort. */
    const char *(*begin)(struct shelf *shelf);
    const char *(*put)(struct shelf *shelf, enum queue_topic topic, uint64_t offset,
                       int64_t time_ms, const void *value, size_t len);
    const char *(*drop)(struct shelf *shelf, enum queue_topic topic, uint64_t from, uint64_t to);
    const char *(*set_high)(struct shelf *shelf, enum queue_topic topic, uint64_t high);
    const char *(*set_place)(struct shelf *shelf, enum queue_topic topic, const char *group,
                             uint64_t place);
    const char *(*commit)(struct shelf *shelf);

    struct shelf_look *(*look_create)(struct shelf *shelf); /* NULL: no memory */
    void (*look_destroy)(struct shelf *shelf, struct shelf_look *look);
    /* Copy a record into value, which has room for QUEUE_VALUE_MAX bytes; its length, 0 when it is
     * not there or damaged, which has been said to the operator. */
    size_t (*get)(struct shelf *shelf, struct shelf_look *look, enum queue_topic topic,
                  uint64_t offset, uint8_t *value, int64_t *time_ms);

    void (*close)(struct shelf *shelf);
};

struct shelf {
    const struct shelf_ops *ops;
};

#endif
