/* SPDX-License-Identifier: ISC */
/*
 * connection: HTTP/1 on an accepted socket: reads one request after the other, finds out who
 * answers it, and goes on or ends when it has been answered. Loop's thread.
 */
#ifndef PLACED_HTTP_CONNECTION_H
#define PLACED_HTTP_CONNECTION_H

struct accepted;
struct loop;

/* For loop_config. */
void connection_accepted(struct loop *loop, const struct accepted *accepted);

#endif
