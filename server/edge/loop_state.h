/* SPDX-License-Identifier: ISC */
/* loop_state: the struct behind loop.h. For the files of this folder only. */
#ifndef PLACED_EDGE_LOOP_STATE_H
#define PLACED_EDGE_LOOP_STATE_H

#include <ev.h>

#include "edge/conn.h"
#include "edge/conn_pool.h"
#include "edge/loop.h"

struct lws_context;
struct lws_vhost;

struct listener {
    ev_io watcher; /* data: the loop */
    struct listen_address address;
    bool admin;
    bool tls;
    bool unlink; /* we made the Unix socket's file */
};

enum loop_phase {
    LOOP_RUNS,
    LOOP_DRAINS, /* no new clients, no new edits; what is in flight is settled */
    LOOP_CLOSES, /* every session has been told to go */
};

enum { LOOP_LISTENERS_MAX = 16 };

struct loop {
    struct loop_config config;
    struct ev_loop *ev;
    struct lws_context *lws;
    struct ssl_ctx_st *ssl_context; /* of the vhost, NULL: plain */
    struct lws_vhost *vhost;
    struct shard_host host;
    struct shard *shard;
    struct canvas_place *place; /* (0, 0), until paths name others */

    ev_async wake, stop, picture, reload;
    ev_prepare prepare; /* runs the shard before each wait */
    ev_timer due;       /* when the shard wants to run again */
    ev_timer second;    /* housekeeping */
    ev_timer retry;     /* accept again after the system had no more descriptors */
    uint64_t due_us;
    unsigned iterations; /* libev's count at the last sweep */

    struct listener listeners[LOOP_LISTENERS_MAX];
    size_t n_listeners;
    struct conn_pool pool;
    unsigned limit;    /* connections */
    unsigned n_conns;  /* now */
    unsigned n_ws;     /* of them WebSockets, also those that are closing */
    struct conn *http; /* those that are no WebSockets */
    struct conn *adopting;

    enum loop_phase phase;
    uint64_t phase_until_us;

    struct { /* the newest frame as it goes out on a WebSocket, around its payload; see ws.c */
        uint64_t serial;
        uint8_t *bytes;
        size_t len;
    } wire;
    struct { /* the newest frame as event text, shared by all event streams; see sse.c */
        uint64_t serial;
        char *text;
        size_t len;
    } events;
};

/* listen.c: open and close the listening sockets, accept. */
int listen_open(struct loop *loop, char error[LOOP_ERROR_BYTES]);
void listen_close(struct loop *loop);

/* http.c: answer or cut who has waited too long; once a second. */
void http_sweep(struct loop *loop, uint64_t now);

/* picture.c: a new picture is there. */
void picture_ready(struct loop *loop);

#endif
