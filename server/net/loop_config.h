/* SPDX-License-Identifier: ISC */
/* loop_config: what a loop is made from. */
#ifndef PLACED_NET_LOOP_CONFIG_H
#define PLACED_NET_LOOP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "plane/canvases.h"
#include "plane/owners.h"
#include "session/shard.h"
#include "sys/address.h"
#include "sys/env.h"
#include "sys/metrics.h"

struct callers;
struct loop;
struct rules;
struct site;
struct websocket_ops;

enum { LOOP_ERROR_BYTES = 256 };

struct accepted {
    int fd;
    bool tls;
    bool admin;      /* came in by the admin listener */
    bool over_limit; /* is only to be answered that there is no room */
};

/* Everything pointed to must outlive the loop. */
struct loop_config {
    struct env *env;
    struct log_writer *writer;
    struct canvases *canvases;
    struct owners *owners;
    struct rules *rules;
    struct metrics *metrics;
    struct callers *callers; /* shared by all loops; NULL: no address is counted */
    const struct shard_config *shard;
    /* Speak HTTP on this accepted socket, which is the callee's. */
    void (*accepted)(struct loop *loop, const struct accepted *accepted);
    const struct websocket_ops *websocket;
    struct site *site; /* of no concern here */
    /* After SIGHUP: read again what the site is made from. NULL: not from this loop. */
    void (*reload)(struct site *site);
    const struct listen_address *listen;
    size_t n_listen;
    const struct listen_address *admin; /* NULL: not on this loop */
    const char *tls_cert, *tls_key;     /* NULL: plain */
    unsigned max_connections;           /* of this loop; refused politely beyond */
    bool share_ports;                   /* other loops listen on the same ports (SO_REUSEPORT) */
};

#endif
