/* SPDX-License-Identifier: ISC */
/* kafka_admin: administrative requests: topics are made, and asked for their settings. */
#ifndef PLACED_LOG_KAFKA_KAFKA_ADMIN_H
#define PLACED_LOG_KAFKA_KAFKA_ADMIN_H

#include <stdbool.h>
#include <stddef.h>

#include <librdkafka/rdkafka.h>

#include "log/log.h"
#include "log/options.h"

/* How long a topic that was just made may be without a leader: the broker is there, and makes its
 * partitions in its own time. */
enum { KAFKA_LEADER_MS = 30000 };

struct kafka_new_topic {
    const char *name;
    int partitions, replication;
    const struct log_property *properties;
    size_t n_properties;
};

/* Waits some seconds at most. 0 also when it is there already, *made says which; or -1 with a
 * reason in error. */
int kafka_admin_create(rd_kafka_t *rk, const struct kafka_new_topic *topic, bool *made,
                       char error[LOG_ERROR_BYTES]);

/* The topic's settings: *event holds the n entries, and is to be destroyed when it is not NULL. An
 * error when they cannot be had. Waits some seconds at most. */
rd_kafka_resp_err_t kafka_admin_describe(rd_kafka_t *rk, const char *topic,
                                         rd_kafka_event_t **event,
                                         const rd_kafka_ConfigEntry_t ***entries, size_t *n);

#endif
