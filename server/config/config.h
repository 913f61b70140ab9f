/* SPDX-License-Identifier: ISC */
/* config: what the operator wants, each option as a member. config_read fills it. */
#ifndef PLACED_CONFIG_CONFIG_H
#define PLACED_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/policy.h"
#include "log/options.h"
#include "sys/address.h"
#include "sys/network.h"

enum {
    CONFIG_LISTEN_MAX = 8,
    CONFIG_ORIGIN_MAX = 16,
    CONFIG_PROXY_MAX = 16,
    CONFIG_THREADS_MAX = 64,
    CONFIG_KAFKA_MAX = 64,
    CONFIG_PLANE_MAX = 1024, /* open canvases: width times height */
};

enum log_kind {
    LOG_LOCAL,
    LOG_KAFKA,
};

/* What somebody must show who wants to draw. */
enum config_identity {
    CONFIG_IDENTITY_ANY,
    CONFIG_IDENTITY_COOKIE,
    CONFIG_IDENTITY_WORK,
    CONFIG_IDENTITY_SSO,
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
    struct network proxies[CONFIG_PROXY_MAX]; /* whose forwarding fields are believed */
    size_t n_proxies;
    char *public_address;    /* NULL, or where browsers find the page, with a slash at its end */
    char *frame_ancestors;  /* 'self': who may show the page in a frame */
    char *template_sources; /* NULL, or from where the page may show pictures beside its own */
    struct {
        unsigned width, height;
    } plane;                     /* canvases that are open for edits: 1 x 1 */
    unsigned threads;            /* 1 */
    unsigned batch_ms;           /* 200, 1 to 10000: how long intake gathers edits */
    unsigned tick_ms;            /* 200, 1 to 10000: how often viewers are told */
    unsigned checkpoint_seconds; /* 60, 1 to 86400 */
    bool history;                /* true: every version is kept */
    unsigned max_connections;    /* 0: as many as the open-file limit lets */
    struct policy energy;        /* of people: how often they may draw */
    struct policy bot_energy;    /* of bots; without a name: as people */
    unsigned network_factor;     /* 16: so many times as much as an author; 0: any */
    unsigned message_rate;       /* messages a second of one connection; 0: any number; */
    bool message_rate_auto;      /* true: 100, or any number under free, instead */
    bool staff_page; /* false: the admin API answers moderators on the public listeners, too */
    enum config_identity identity;
    unsigned identity_age;        /* 0: seconds before the first edit */
    unsigned identity_rate;       /* 60: new ones an hour from one network; 0: any number */
    unsigned identity_work;       /* 10000: tries of a proof of work */
    char *secret;                 /* NULL: DATA/secret, made when it is not there */
    char *sso_header;             /* in small letters; NULL: none */
    unsigned address_connections; /* 0: any number of streams and WebSockets of one address */
    bool rebuild;
    bool rotate_secret; /* do that and nothing else */
};

/* Free what it holds, and make it all zero. */
void config_finish(struct config *config);

#endif
