/* SPDX-License-Identifier: ISC */
/* socket: GET .../ws, the WebSocket. */
#ifndef PLACED_API_SOCKET_H
#define PLACED_API_SOCKET_H

struct http;

void socket_get(struct http *http);

#endif
