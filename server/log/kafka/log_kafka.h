/* SPDX-License-Identifier: ISC */
/* log_kafka: the log as partition 0 of a Kafka topic, by librdkafka. */
#ifndef PLACED_LOG_KAFKA_LOG_KAFKA_H
#define PLACED_LOG_KAFKA_LOG_KAFKA_H

#include "log/log.h"
#include "log/options.h"

/* where: BROKERS/TOPIC. Connect (waits up to about 10 s for a broker), create the topic when it is
 * missing, verify it otherwise. NULL with a reason in error: no broker, a property that librdkafka
 * refuses, a topic with more than one partition or with compaction. */
struct log *log_kafka_open(const char *where, const struct log_options *options,
                           char error[LOG_ERROR_BYTES]);

#endif
