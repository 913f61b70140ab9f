/* SPDX-License-Identifier: ISC */
/* ws: a WebSocket as a session of the pipeline. */
#ifndef PLACED_EDGE_WS_H
#define PLACED_EDGE_WS_H

#include <stddef.h>
#include <stdint.h>

struct conn;
struct lws_process_html_args;

/* What the callbacks of libwebsockets return: 0, or -1 to close. */
int ws_request(struct conn *conn); /* the handshake's headers are still there: take `from` */
int ws_answer(struct conn *conn, struct lws_process_html_args *answer); /* before it is sent */
int ws_begin(struct conn *conn);
int ws_receive(struct conn *conn, const uint8_t *bytes, size_t len);
int ws_writable(struct conn *conn);
void ws_pong(struct conn *conn);

/* Leave the shard. As often as you like. */
void ws_finish(struct conn *conn);

#endif
