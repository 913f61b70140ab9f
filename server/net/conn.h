/* SPDX-License-Identifier: ISC */
/*
 * conn: one accepted socket. What is being done with it is its ops: reading requests, sending an
 * answer, waiting for a picture, a WebSocket. Whoever gives a connection up calls conn_kill, from
 * anywhere; the loop releases it when no callback can be using it any more. Loop's thread.
 */
#ifndef PLACED_NET_CONN_H
#define PLACED_NET_CONN_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/session.h"

struct conn;
struct loop;
struct lws;
struct stream;

/* What is done with a connection. NULL: nothing has to be. */
struct conn_ops {
    void (*readable)(struct conn *conn);
    void (*writable)(struct conn *conn);
    void (*expired)(struct conn *conn); /* its deadline has passed */
    void (*picture)(struct conn *conn); /* there is a new picture */
    /* The connection ends: release what belongs to it. The last call. */
    void (*closed)(struct conn *conn);
    bool idle; /* nobody waits for it: a server that ends need not wait either */
};

/* A WebSocket, seen from above its transport. */
struct conn_ws {
    struct session session;
    uint64_t version; /* of `from`, until the session begins */
    uint8_t *partial; /* a message that came in pieces; NULL: none */
    uint16_t partial_len;
    uint8_t from; /* enum session_from */
    bool early;   /* the client sent data before its upgrade was answered */
};

struct conn {
    /* In loop->conns unless it is a WebSocket. Begins a cache line: a tick reads two then. */
    alignas(64) struct conn *prev;
    struct conn *next;
    const struct conn_ops *ops;
    struct stream *stream; /* its bytes, while it is no WebSocket */
    uint64_t deadline_us;  /* then ops->expired is called; 0: never */
    const char *close_reason;
    /* From here on a tick reads, up to the first half of a session. */
    struct lws *wsi; /* libwebsockets' object: of a WebSocket, and of every TLS connection */
    struct loop *loop;
    uint16_t close_code; /* a WebSocket's close frame that is to be sent; 0: none */
    bool ws;             /* it is a WebSocket */
    bool admin;          /* it came in by the admin listener */
    bool over_limit;     /* it was accepted only to be told that there is no room */
    bool joined;         /* its session is in the shard */
    bool dying;          /* conn_kill was called */
    bool listed;         /* in loop->conns */
    int fd;              /* a WebSocket's frames go straight to it; -1: to its TLS */
    struct conn_ws websocket;
};

/* A new connection with these ops, in the loop's list. NULL when out of memory. */
struct conn *conn_create(struct loop *loop, const struct conn_ops *ops);

/* It becomes a WebSocket: out of the list, whose connections have deadlines. */
void conn_unlist(struct conn *conn);

/* Give it up: nothing is read or sent any more; ops->closed follows soon, from the loop. */
void conn_kill(struct conn *conn);

/* Release the connections that were given up. Not from within a callback of one. */
void conn_reap(struct loop *loop);

/* The deadline becomes this many microseconds from now. */
void conn_set_deadline(struct conn *conn, uint64_t us);

/* Call ops->expired of those whose time has come; once a second. */
void conn_sweep(struct loop *loop, uint64_t now_us);

/* A new picture is there: ops->picture of those that wait for one. */
void conn_picture(struct loop *loop);

/* Is somebody still waiting for an answer, or a WebSocket open? */
bool conn_any_busy(const struct loop *loop);

/* The end: close all that are no WebSockets. */
void conn_close_all(struct loop *loop);

#endif
