/* SPDX-License-Identifier: ISC */
/*
 * kafka_topic: a topic that is fit to be the log: one partition, never compacted, kept for ever.
 * Made when missing, verified otherwise.
 */
#ifndef PLACED_LOG_KAFKA_KAFKA_TOPIC_H
#define PLACED_LOG_KAFKA_KAFKA_TOPIC_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "log/kafka/kafka_conf.h"

/* Wait for a broker until deadline_ms; make the topic or verify it. 0, or -1 with a reason in
 * error.
 */
int kafka_topic_prepare(rd_kafka_t *rk, const struct kafka_settings *settings, int64_t deadline_ms,
                        char error[LOG_ERROR_BYTES]);

/* Has partition 0 a leader? Asks a broker, waits up to timeout_ms. Its number of partitions in
 * *n_partitions if not NULL; 0 when the topic does not exist. An error only if nobody answered. */
rd_kafka_resp_err_t kafka_topic_look(rd_kafka_t *rk, const char *topic, int timeout_ms,
                                     bool *has_leader, int *n_partitions);

#endif
