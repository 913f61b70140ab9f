/* SPDX-License-Identifier: ISC */
/* dial: how a connection begins: socket, TLS, and the request that opens the WebSocket. */
#ifndef PLACED_EDIT_FLOOD_DIAL_H
#define PLACED_EDIT_FLOOD_DIAL_H

#include "state.h"

void dial_begin(struct flood *flood, struct conn *conn);

/* An event of a connection that is CONN_CONNECTING or CONN_TLS. */
void dial_event(struct flood *flood, struct conn *conn, uint32_t events);

#endif
