/* SPDX-License-Identifier: ISC */
/* loop_state: the struct behind loop.h, for those who serve connections on it. */
#ifndef PLACED_NET_LOOP_STATE_H
#define PLACED_NET_LOOP_STATE_H

#include <ev.h>

#include "net/conn_pool.h"
#include "net/loop_config.h"
#include "net/waiters.h"

struct lws_context;
struct lws_vhost;
struct poll;

struct listener {
    ev_io watcher; /* data: the loop */
    struct listen_address address;
    bool admin;
    bool tls;
};

enum loop_phase {
    LOOP_RUNS,
    LOOP_DRAINS, /* no new clients, no new edits; what is in flight is settled */
    LOOP_CLOSES, /* every session has been sent its close */
};

/* What libwebsockets does for the streams and connections; see websocket.h. */
struct transport_ops {
    int (*open_tls)(struct conn *conn); /* -1: the socket has been closed */
    void (*close_tls)(struct conn *conn);
    int (*shadow)(struct conn *conn); /* read what the stream holds, too. -1: it does not go on */
    void (*kill)(struct conn *conn);  /* a WebSocket */
};

enum {
    LOOP_LISTENERS_MAX = 16,
    LOOP_POLL_BUCKETS = 64,
};

struct loop {
    struct loop_config config;
    struct ev_loop *ev;
    struct lws_context *lws;
    const struct transport_ops *transport;
    struct lws_vhost *plain_vhost;
    struct lws_vhost *tls_vhost;    /* NULL: no TLS */
    struct ssl_ctx_st *ssl_context; /* of tls_vhost */
    struct shard_host host;
    struct shard *shard;

    ev_async wake, stop, picture, history, control, reload;
    ev_prepare prepare; /* runs the shard before each wait */
    ev_idle more;       /* active: there is more to do, the loop must not wait */
    ev_timer due;       /* when the shard wants to run again */
    ev_timer second;    /* housekeeping */
    ev_timer retry;     /* accept again after the system had no more descriptors */
    uint64_t due_us;

    struct listener listeners[LOOP_LISTENERS_MAX];
    size_t n_listeners;
    struct conn_pool pool;
    unsigned limit;       /* places for connections */
    unsigned n_conns;     /* now */
    unsigned n_places;    /* of them taken: neither by the operator's nor by those over the limit */
    unsigned n_ws;        /* of them WebSockets, also those that are closing */
    struct conn *conns;   /* those that are no WebSockets */
    struct conn *dying;   /* those that were given up, until conn_reap */
    struct stream *poked; /* see stream_poke */
    struct stream *calling;
    struct conn *adopting; /* the one that libwebsockets is just being handed */

    enum loop_phase phase;
    uint64_t phase_until_us;

    struct waiters history_waiters; /* told of news of the history, and of the loop's end */
    struct waiters control_waiters; /* told when the control log has taken something of ours */
    struct {                        /* long polls that wait, by their name; see api/poll.c */
        struct poll *buckets[LOOP_POLL_BUCKETS];
    } polls;
    struct { /* the newest frame as it goes out on a WebSocket, around its payload; see ws.c */
        uint64_t serial;
        uint8_t *bytes;
        size_t len;
    } wire;
    struct { /* the regions of the rules of this serial as JSON; see api/info_rules.c */
        uint64_t serial;
        char *text;
    } regions;
    struct { /* the newest frame as event text, shared by all event streams; see api/events.c */
        uint64_t serial;
        char *text;
        size_t len;
    } events;
};

#endif
