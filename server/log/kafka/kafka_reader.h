/* SPDX-License-Identifier: ISC */
/* kafka_reader: one reader of the topic, with a client and a place of its own. */
#ifndef PLACED_LOG_KAFKA_KAFKA_READER_H
#define PLACED_LOG_KAFKA_KAFKA_READER_H

#include <librdkafka/rdkafka.h>

#include "log/kafka/kafka_conf.h"
#include "log/log.h"

/* settings must outlive it. Does not wait for a broker. NULL with a reason in error. */
struct log_reader *kafka_reader_create(const struct kafka_settings *settings,
                                       char error[LOG_ERROR_BYTES]);

/* The client itself, for what is asked of the cluster while the log is opened. */
rd_kafka_t *kafka_reader_client(struct log_reader *reader);

#endif
