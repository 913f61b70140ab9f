/* SPDX-License-Identifier: ISC */
/*
 * kafka_scene: logs on a topic of their own on a real broker, and a bare client, to do what others
 * do to a topic.
 */
#ifndef PLACED_TESTS_LOG_KAFKA_SCENE_H
#define PLACED_TESTS_LOG_KAFKA_SCENE_H

#include <librdkafka/rdkafka.h>

#include "collector.h"
#include "log/options.h"

extern const char *brokers; /* HOST:PORT; set it first */

/* For struct world: a store is the name of a topic that is not there yet. */
void *kafka_create(void);
void kafka_destroy(void *store);
struct log *kafka_open(void *store); /* NULL after a message */

struct log *open_with(const char *topic, const struct log_property *properties, size_t n,
                      char error[LOG_ERROR_BYTES]);

/* Until so many records are there, and no more. */
void read_records(struct opened *o, struct collector *c, size_t n);

/* ---- the bare client ---- */

rd_kafka_t *bare_producer(const char *transactional_id); /* NULL: without transactions */

/* settings: names and values in turn, then NULL; or NULL for none. */
void make_topic(const char *name, int partitions, const char *const *settings);
void set_topic(const char *name, const char *setting, const char *value);

/* Queue one record for partition 0. */
void put(rd_kafka_t *rk, const char *topic, const char *value, size_t len);

#endif
