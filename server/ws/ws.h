/* SPDX-License-Identifier: ISC */
/* ws: a WebSocket as a session: messages to frames, and back. */
#ifndef PLACED_WS_WS_H
#define PLACED_WS_WS_H

#include "net/websocket.h"

/* For loop_config. */
extern const struct websocket_ops ws_ops;

/* Before its upgrade: at which canvas, who it is (copied), and where the session will begin.
 * companion: its page has another session. early: the client has sent data already, which it may
 * not. */
void ws_begin(struct conn *conn, struct canvas_place *place, const struct visitor *visitor,
              enum session_from from, uint64_t version, bool companion, bool early);

#endif
