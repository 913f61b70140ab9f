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

/* What the topic is set to. */
struct kafka_topic_traits {
    size_t message_max; /* as of kafka_topic_message_max */
    enum log_times times;
};

/* Wait for a broker until deadline_ms; make the topic or verify it. 0, or -1 with a reason in
 * error. */
int kafka_topic_prepare(rd_kafka_t *rk, const struct kafka_settings *settings, int64_t deadline_ms,
                        struct kafka_topic_traits *traits, char error[LOG_ERROR_BYTES]);

/* Ask how many bytes the topic takes at once (max.message.bytes, or the broker's default for it); 0
 * when nobody says so. Waits some seconds at most. */
size_t kafka_topic_message_max(rd_kafka_t *rk, const struct kafka_settings *settings);

/* How many bytes value and header a of a record may have (log_writer_record_max) where the topic
 * takes message_max bytes; 0 when that is too little. message_max 0: not known, as much as any log
 * takes. */
size_t kafka_record_max(size_t message_max);

/* Has partition 0 a leader? Asks a broker, waits up to timeout_ms. Its number of partitions in
 * *n_partitions if not NULL; 0 when the topic does not exist. An error only if nobody answered. */
rd_kafka_resp_err_t kafka_topic_look(rd_kafka_t *rk, const char *topic, int timeout_ms,
                                     bool *has_leader, int *n_partitions);

#endif
