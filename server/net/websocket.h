/* SPDX-License-Identifier: ISC */
/*
 * websocket: libwebsockets as the transport of WebSockets, and the keeper of TLS. Everything that
 * knows libwebsockets is in this file's implementation and in tls. Loop's thread.
 */
#ifndef PLACED_NET_WEBSOCKET_H
#define PLACED_NET_WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/conn_types.h"
#include "net/loop_config.h"

struct lws_protocols;
struct transport_ops;

/* A piece of a message, as it came in. */
struct websocket_piece {
    const uint8_t *bytes; /* the FRAME_HEADER_MAX bytes before the first piece can be read too */
    size_t len;
    size_t more; /* bytes of the same frame that are still to come: any number */
    bool binary;
    bool first; /* it begins a message */
    bool last;  /* its frame ends the message, after `more` */
};

/* What a WebSocket's transport calls. */
struct websocket_ops {
    struct conn_ops conn; /* the connection's ops from the upgrade on; writable and closed only */
    /* The answer to the upgrade is about to be sent: put the first frame behind it, if it fits into
     * room bytes and its last two bytes may be \r\n. How long it is without those two; 0: none. */
    size_t (*answer)(struct conn *conn, uint8_t *frame, size_t room);
    void (*opened)(struct conn *conn);
    void (*received)(struct conn *conn, const struct websocket_piece *piece);
    void (*heard)(struct conn *conn); /* a pong */
    void (*ended)(struct conn *conn); /* it begins to close: no more frames. Several times */
};

struct websocket_request {
    const char *key;  /* Sec-WebSocket-Key */
    bool subprotocol; /* ours was asked for by name */
};

enum websocket_sent {
    WEBSOCKET_OK,
    WEBSOCKET_BUSY, /* nothing taken: ops->writable follows */
    WEBSOCKET_GONE,
};

/* For library_open, and for the loop. */
extern const struct lws_protocols *const websocket_protocols;
extern const struct transport_ops websocket_transport;

/* The request that has been read is a good upgrade: answer it. Stream and ops of the connection are
 * WebSocket's from now on, and the memory of the stream is the caller's again. -1: the connection
 * is gone. */
int websocket_upgrade(struct conn *conn, const struct websocket_request *request);

/* Can websocket_upgrade be called? Over TLS only when libwebsockets can still read the whole head.
 */
bool websocket_can_upgrade(const struct conn *conn);

/* One whole frame, header included. more: another one is likely to follow at once. The bytes may be
 * changed. */
enum websocket_sent websocket_send(struct conn *conn, uint8_t *frame, size_t len, bool more);

/* A frame will be sent in a moment: fetch the memory that this reads. */
void websocket_prefetch(const struct conn *conn);

/* Close it with this code as soon as there is room for the close frame; if there is none in time,
 * without. */
void websocket_close(struct conn *conn, unsigned code, const char *reason);

/* The server ends: send this close frame of this code, and nothing after it. False: there is no
 * room for it now. */
bool websocket_say_goodbye(struct conn *conn, uint8_t *frame, size_t len, unsigned code);

#endif
