/* SPDX-License-Identifier: ISC */
/*
 * conn: one accepted socket. What is being done with it is its ops: reading requests, sending an
 * answer, waiting for a picture, a WebSocket. Whoever gives a connection up calls conn_kill, from
 * anywhere; the loop releases it when no callback can be using it any more. Loop's thread.
 */
#ifndef PLACED_NET_CONN_H
#define PLACED_NET_CONN_H

#include "net/conn_types.h"

struct accepted;

/* A new connection with these ops, in the loop's list. NULL when out of memory. */
struct conn *conn_create(struct loop *loop, const struct conn_ops *ops,
                         const struct accepted *accepted);

/* It will be held for long: count it for its client's address, until it ends. False: that one holds
 * as many as it may. */
bool conn_count(struct conn *conn, const uint8_t address[16]);

/* It becomes a WebSocket: out of the list, whose connections have deadlines. */
void conn_unlist(struct conn *conn);

/* Give it up: nothing is read or sent any more; ops->closed follows from the loop. */
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
