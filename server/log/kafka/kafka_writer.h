/* SPDX-License-Identifier: ISC */
/*
 * kafka_writer: an idempotent producer and the thread that serves it: delivery reports, the
 * judgement whether the log can be written, and a new producer after a fatal error.
 */
#ifndef PLACED_LOG_KAFKA_KAFKA_WRITER_H
#define PLACED_LOG_KAFKA_KAFKA_WRITER_H

#include "log/kafka/kafka_conf.h"
#include "log/log.h"

enum { KAFKA_STALL_MS = 2000 }; /* without progress for so long the log is read-only */

/* settings must outlive it. message_max: what the topic takes, see kafka_topic_message_max. Waits
 * until it is writable, at most 10 s. NULL with a reason in error. */
struct log_writer *kafka_writer_create(const struct kafka_settings *settings, size_t message_max,
                                       char error[LOG_ERROR_BYTES]);

/* For tests: bring about a fatal error of the producer. */
void kafka_writer_test_fatal(struct log_writer *writer);

#endif
