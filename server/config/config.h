/* SPDX-License-Identifier: ISC */
/*
 * config: what the operator wants: configuration file, then environment (PLACED_...), then command
 * line, the later winning. Unknown keys and bad values are refused with where, what, and what was
 * expected.
 */
#ifndef PLACED_CONFIG_CONFIG_H
#define PLACED_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/options.h"
#include "sys/address.h"

enum {
    CONFIG_LISTEN_MAX = 8,
    CONFIG_ORIGIN_MAX = 16,
    CONFIG_THREADS_MAX = 64,
    CONFIG_KAFKA_MAX = 64,
    CONFIG_PLANE_MAX = 1024, /* open canvases: width times height */
};

enum log_kind {
    LOG_LOCAL,
    LOG_KAFKA,
};

enum config_result {
    CONFIG_RUN,
    CONFIG_DONE, /* --help, --version or --check-config has been answered: exit 0 */
    CONFIG_BAD,  /* a message has been printed: exit 2 */
};

struct config {
    struct listen_address listen[CONFIG_LISTEN_MAX]; /* default 127.0.0.1:8080 */
    size_t n_listen;
    struct listen_address admin; /* default 127.0.0.1:8081 */
    enum log_kind log;
    char *kafka_brokers;
    char *kafka_topic;
    uint64_t log_space; /* bytes of address space for the embedded log; 0: chosen by the log */
    int kafka_replication;
    struct log_property kafka[CONFIG_KAFKA_MAX]; /* section [kafka] */
    size_t n_kafka;
    char *data;                       /* default ./placed-data */
    char *web;                        /* NULL: found beside the program */
    char *tls_cert, *tls_key;         /* both or neither */
    char *origins[CONFIG_ORIGIN_MAX]; /* allowed Origin headers beside the server's own host */
    size_t n_origins;
    struct {
        unsigned width, height;
    } plane;                     /* canvases that are open for edits: 1 x 1 */
    unsigned threads;            /* 1 */
    unsigned batch_ms;           /* 200, 1 to 10000: how long intake gathers edits */
    unsigned tick_ms;            /* 200, 1 to 10000: how often viewers are told */
    unsigned checkpoint_seconds; /* 60, 1 to 86400 */
    unsigned max_connections;    /* 0: as many as the open-file limit lets */
    char *energy;                /* "free", "sephsplace", "reddit", "charges" */
    bool rebuild;
};

/* argv as main has it. Prints messages by itself. The caller frees with config_finish. */
enum config_result config_init(struct config *config, int argc, char *const argv[]);
void config_finish(struct config *config);

#endif
