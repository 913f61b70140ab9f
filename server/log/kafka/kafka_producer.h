/* SPDX-License-Identifier: ISC */
/* kafka_producer: one librdkafka producer for the log's partition, and how a batch is handed to it.
 */
#ifndef PLACED_LOG_KAFKA_KAFKA_PRODUCER_H
#define PLACED_LOG_KAFKA_KAFKA_PRODUCER_H

#include <librdkafka/rdkafka.h>

#include "log/kafka/kafka_conf.h"
#include "log/kafka/kafka_links.h"
#include "log/log.h"

struct kafka_producer {
    rd_kafka_t *rk; /* NULL while it is closed */
    rd_kafka_topic_t *rkt;
    struct kafka_links links;
};

/* The delivery report of one batch, from rd_kafka_poll or kafka_producer_close. message->_private
 * is what was given to kafka_producer_send. */
typedef void kafka_delivered_fn(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque);

/* message_max: what the topic takes at once, 0 when that is not known. 0, or -1 with a reason in
 * error; p is closed then. */
int kafka_producer_open(struct kafka_producer *p, const struct kafka_settings *settings,
                        size_t message_max, kafka_delivered_fn *delivered, void *opaque,
                        char error[LOG_ERROR_BYTES]);

/* Give up what is queued, and wait a second for what is on its way; every delivery report that can
 * be had comes before it returns, and none afterwards. */
void kafka_producer_close(struct kafka_producer *p);

/* Hand over a batch; its delivery report will come. Any thread. LOG_ACCEPTED, LOG_FULL, or
 * LOG_READONLY, which has been said to the operator. */
enum log_append kafka_producer_send(struct kafka_producer *p, const struct log_batch *batch,
                                    void *private);

#endif
