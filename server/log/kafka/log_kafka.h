/* SPDX-License-Identifier: ISC */
/* log_kafka: the log as partition 0 of a Kafka topic, by librdkafka. */
#ifndef PLACED_LOG_KAFKA_LOG_KAFKA_H
#define PLACED_LOG_KAFKA_LOG_KAFKA_H

#include "log/log.h"

/* One librdkafka property of the configuration's section [kafka], passed on as it is. */
struct kafka_property {
    const char *name;
    const char *value;
};

struct log_kafka_config {
    const char *brokers; /* HOST:PORT[,HOST:PORT] */
    const char *topic;
    int replication; /* of a topic that has to be created; 1 by default */
    const struct kafka_property *properties;
    size_t n_properties;
    bool readonly; /* no producer, and a missing topic is an error: appends are LOG_READONLY */
};

/* Connect (waits up to about 10 s for a broker), create the topic when it is missing, verify it
 * otherwise. NULL with a message in error: no broker, a property that librdkafka refuses, a topic
 * with more than one partition or with compaction. */
struct log *log_kafka_open(const struct log_kafka_config *config, char error[LOG_ERROR_BYTES]);

#endif
