/* SPDX-License-Identifier: ISC */
/*
 * guard: libwebsockets' one callback for everything. Lets pass what we serve, refuses what the
 * library would do by itself (upgrades to HTTP/2, CONNECT, pages of any origin), and hands each
 * event to whom it concerns.
 */
#ifndef PLACED_EDGE_GUARD_H
#define PLACED_EDGE_GUARD_H

#include <libwebsockets.h>
#include <stdbool.h>

/* For lws_context_creation_info: one protocol, and the end. */
extern const struct lws_protocols guard_protocols[];

struct conn;

/* May the page that makes this request do so? By its Origin header: none, our own, or an allowed
 * one. */
bool guard_origin(struct conn *conn);

#endif
