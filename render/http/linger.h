/* SPDX-License-Identifier: ISC */
/*
 * linger: a connection that was answered before its body had come stays open for a moment, and what
 * arrives is thrown away. Closed at once, it would be reset, and the client might never read why it
 * was refused. Threads: the loop's.
 */
#ifndef PLACED_RENDER_HTTP_LINGER_H
#define PLACED_RENDER_HTTP_LINGER_H

struct ev_loop;
struct lingers;

/* NULL: no memory. */
struct lingers *lingers_create(struct ev_loop *loop);
void lingers_destroy(struct lingers *lingers); /* NULL is fine */

/* Keep the socket fd, which another still uses and closes, for as long as that takes. */
void lingers_keep(struct lingers *lingers, int fd);

#endif
