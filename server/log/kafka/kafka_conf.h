/* SPDX-License-Identifier: ISC */
/* kafka_conf: where the log is and how to reach it, and the properties that librdkafka gets. */
#ifndef PLACED_LOG_KAFKA_KAFKA_CONF_H
#define PLACED_LOG_KAFKA_KAFKA_CONF_H

#include <stdbool.h>

#include <librdkafka/rdkafka.h>

#include "log/kafka/kafka_links.h"
#include "log/log.h"
#include "log/options.h"

/* Our own copies: a client that is made anew needs them later. */
struct kafka_settings {
    char *brokers; /* HOST:PORT[,HOST:PORT]... */
    char *topic;
    struct log_property *properties;
    size_t n_properties;
    int replication; /* of a topic that has to be made */
    bool readonly;
    bool keep_times; /* of a topic that has to be made */
};

/* where: BROKERS/TOPIC. 0, or -1 with a reason in error. */
int kafka_settings_init(struct kafka_settings *settings, const char *where,
                        const struct log_options *options, char error[LOG_ERROR_BYTES]);
void kafka_settings_finish(struct kafka_settings *settings);

enum kafka_role {
    KAFKA_READER,
    KAFKA_WRITER,
};

/* The properties of one client: defaults, then the user's, then what must not be otherwise. links
 * is to be kept up to date. NULL with a reason in error. */
rd_kafka_conf_t *kafka_conf(const struct kafka_settings *settings, enum kafka_role role,
                            struct kafka_links *links, char error[LOG_ERROR_BYTES]);

#endif
