/* SPDX-License-Identifier: ISC */
/* handshake: the request that asks for a WebSocket, as RFC 6455 has it. */
#ifndef PLACED_WS_HANDSHAKE_H
#define PLACED_WS_HANDSHAKE_H

#include <stdbool.h>

struct http;

/* Does the request mean to become a WebSocket? */
bool handshake_wanted(const struct http *http);

/* Answer what is wrong with it. True: nothing is, and nothing has been answered. */
bool handshake_check(struct http *http);

/* It becomes one, after ws_begin. The http is gone then. */
void handshake_accept(struct http *http);

#endif
