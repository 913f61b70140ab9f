/* SPDX-License-Identifier: ISC */
/*
 * log_kafka_internal: how the parts of log_kafka fit together. Only for log_kafka*.c and their
 * tests.
 *
 *   log_kafka.c           opens, joins the parts to a struct log, closes
 *   log_kafka_conf.c      librdkafka properties, its messages, and which connections are up
 *   log_kafka_topic.c     makes or verifies the topic
 *   log_kafka_consumer.c  the reader's side
 *   log_kafka_producer.c  the writers' side
 */
#ifndef PLACED_LOG_KAFKA_LOG_KAFKA_INTERNAL_H
#define PLACED_LOG_KAFKA_LOG_KAFKA_INTERNAL_H

#include <stdatomic.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "log/kafka/log_kafka.h"

enum {
    KAFKA_OPEN_MS = 10000, /* how long opening waits for a broker */
    KAFKA_STALL_MS = 2000, /* without progress the log is read-only */
};

int64_t kafka_now_ms(void); /* monotonic */

/* ---- connections ---- */

enum { KAFKA_BROKERS_MAX = 64 };

/* The brokers that one client is connected to, kept by librdkafka's broker threads. Not derived
 * from its error events: those are left out when they repeat within 30 s. */
struct kafka_links {
    atomic_bool up[KAFKA_BROKERS_MAX]; /* by broker id, modulo */
    atomic_int n_up;
    atomic_bool lost;            /* a connection went down since this was last cleared */
    atomic_int_fast64_t down_ms; /* since when none is up, monotonic */
};

enum kafka_role {
    KAFKA_CONSUMER,
    KAFKA_PRODUCER,
};

/* The properties of one client: defaults, then the user's, then what must not be otherwise. links
 * is to be kept up to date. NULL with a message in error. */
rd_kafka_conf_t *kafka_conf(const struct log_kafka_config *config, enum kafka_role role,
                            struct kafka_links *links, char error[LOG_ERROR_BYTES]);

/* ---- topic ---- */

/* Wait for a broker until deadline_ms; make the topic or verify it. 0, or -1 with a message in
 * error. */
int kafka_topic_prepare(rd_kafka_t *rk, const struct log_kafka_config *config, int64_t deadline_ms,
                        char error[LOG_ERROR_BYTES]);

/* Has partition 0 a leader? Asks a broker, waits up to timeout_ms. Its number of partitions in
 * *n_partitions if not NULL; 0 when the topic does not exist. An error only if nobody answered. */
rd_kafka_resp_err_t kafka_topic_look(rd_kafka_t *rk, const char *topic, int timeout_ms,
                                     bool *has_leader, int *n_partitions);

/* ---- consumer ---- */

struct kafka_consumer;

struct kafka_consumer *kafka_consumer_create(const struct log_kafka_config *config, struct log *log,
                                             char error[LOG_ERROR_BYTES]);
/* The client itself, for what is asked of the cluster while opening. */
rd_kafka_t *kafka_consumer_client(struct kafka_consumer *c);
int kafka_consumer_bounds(struct kafka_consumer *c, struct log_bounds *bounds,
                          char error[LOG_ERROR_BYTES]);
int kafka_consumer_seek(struct kafka_consumer *c, uint64_t offset, char error[LOG_ERROR_BYTES]);
enum log_event kafka_consumer_poll(struct kafka_consumer *c, int timeout_ms, size_t *delivered,
                                   char error[LOG_ERROR_BYTES]);
bool kafka_consumer_caught_up(const struct kafka_consumer *c);
void kafka_consumer_wake(struct kafka_consumer *c);
void kafka_consumer_destroy(struct kafka_consumer *c); /* NULL is fine */

/* ---- producer ---- */

struct kafka_producer;

/* Connect and start the thread that serves it. */
struct kafka_producer *kafka_producer_create(const struct log_kafka_config *config, struct log *log,
                                             char error[LOG_ERROR_BYTES]);
/* From here on it may become writable. Wait until it is so, at most until deadline_ms. */
void kafka_producer_start(struct kafka_producer *p, int64_t deadline_ms);
enum log_append kafka_producer_append(struct kafka_producer *p, const struct log_batch *batch);
enum log_state kafka_producer_state(struct kafka_producer *p);
void kafka_producer_flush(struct kafka_producer *p, int timeout_ms);
void kafka_producer_destroy(struct kafka_producer *p); /* flushes first. NULL is fine */

/* ---- for tests ---- */

/* Bring about a fatal error of the producer. */
void log_kafka_test_fatal(struct log *log);
void kafka_producer_test_fatal(struct kafka_producer *p);

#endif
