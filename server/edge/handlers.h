/* SPDX-License-Identifier: ISC */
/* handlers: the requests that are answered. Each returns what its callback is to return. */
#ifndef PLACED_EDGE_HANDLERS_H
#define PLACED_EDGE_HANDLERS_H

#include <stdint.h>

struct conn;

int info_request(struct conn *conn); /* http.c */

/* picture.c: GET /canvas.png */
int picture_request(struct conn *conn);
int picture_writable(struct conn *conn);

/* post_edit.c: POST /edit */
int edit_request(struct conn *conn);
int edit_body_end(struct conn *conn);
int edit_writable(struct conn *conn);

/* sse.c: GET /events */
int events_request(struct conn *conn);
int events_writable(struct conn *conn);
void events_sweep(struct conn *conn, uint64_t now_us); /* once a second */

#endif
