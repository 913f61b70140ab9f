/* SPDX-License-Identifier: ISC */
/* http: requests to their handlers, and the writing of answers. */
#ifndef PLACED_EDGE_HTTP_H
#define PLACED_EDGE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;
struct loop;
struct snapshot;

/* One answer. What is owned is given back when it has been sent, or could not be. */
struct reply {
    unsigned status;
    const char *type;  /* Content-Type, or NULL */
    const char *extra; /* more header lines, each with its \r\n, or NULL */
    const void *body;
    size_t len;
    void *owned;               /* to free(), or NULL */
    struct snapshot *snapshot; /* to release, or NULL */
    bool close;                /* the connection, afterwards */
};

/* Callbacks of libwebsockets. 0, or -1 to close. */
int http_request(struct conn *conn, const char *path, size_t len);
int http_body(struct conn *conn, size_t len);
int http_body_end(struct conn *conn);
int http_writable(struct conn *conn);
void http_end(struct conn *conn);    /* the transaction is over: forget what belonged to it */
void http_leave(struct conn *conn);  /* it becomes a WebSocket */
void http_finish(struct conn *conn); /* the socket is gone */
void http_enter(struct conn *conn);  /* a new socket */

/* Answer; returns what the callback is to return. Only from a callback of libwebsockets. */
int reply_send(struct conn *conn, struct reply reply);
int reply_error(struct conn *conn, struct reply reply, const char *error); /* JSON {"error":...} */
int reply_go_on(struct conn *conn);                                        /* more of a body */

enum {
    HTTP_ARG_BYTES = 8 * 1024, /* as long as all headers together may be */
    HTTP_ARG_NONE = -1,
    HTTP_ARG_BAD = -2, /* given twice */
};

/* The value of a query parameter: its length, or one of the two above. */
int http_arg(struct conn *conn, const char *name, char value[HTTP_ARG_BYTES]);

#endif
