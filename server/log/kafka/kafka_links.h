/* SPDX-License-Identifier: ISC */
/*
 * kafka_links: which brokers a client is connected to, kept by librdkafka's broker threads. Not
 * derived from its error events: those are left out when they repeat within 30 s.
 */
#ifndef PLACED_LOG_KAFKA_KAFKA_LINKS_H
#define PLACED_LOG_KAFKA_KAFKA_LINKS_H

#include <stdatomic.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

enum { KAFKA_BROKERS_MAX = 64 };

struct kafka_links {
    atomic_bool up[KAFKA_BROKERS_MAX]; /* by broker id, modulo */
    atomic_int n_up;
    atomic_bool lost;            /* a connection went down since this was last cleared */
    atomic_int_fast64_t down_ms; /* since when none is up, monotonic */
};

/* Nothing is connected yet. */
void kafka_links_init(struct kafka_links *links);

/* Keep links up to date for the client that conf will make. links must outlive the client. */
rd_kafka_resp_err_t kafka_links_watch(struct kafka_links *links, rd_kafka_conf_t *conf);

#endif
