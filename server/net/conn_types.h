/* SPDX-License-Identifier: ISC */
/* conn_types: the struct of a connection, and the table of what is done with it; see conn.h. */
#ifndef PLACED_NET_CONN_TYPES_H
#define PLACED_NET_CONN_TYPES_H

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
    struct canvas_place *place;
    uint64_t version; /* of `from`, until the session begins */
    uint8_t *partial; /* a message that came in pieces; NULL: none */
    uint16_t partial_len;
    uint8_t from;   /* enum session_from */
    bool companion; /* its page has another session */
    bool early;     /* the client sent data before its upgrade was answered */
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
    bool over_limit;     /* it was accepted only to be answered that there is no room */
    bool joined;         /* its session is in the shard */
    bool dying;          /* conn_kill was called */
    bool listed;         /* in loop->conns */
    int fd;              /* a WebSocket's frames go straight to it; -1: to its TLS */
    struct conn_ws websocket;
    uint64_t caller; /* of callers.h, counted until the connection is released; 0: not */
};

#endif
