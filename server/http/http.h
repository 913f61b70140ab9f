/* SPDX-License-Identifier: ISC */
/*
 * http: a connection that speaks HTTP: the request that is being read or answered, and the answer
 * on its way. An endpoint gets it when the whole request is there, and answers at once with
 * reply_send, or sets ops of its own by http_wait and answers later.
 */
#ifndef PLACED_HTTP_HTTP_H
#define PLACED_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/chunked.h"
#include "http/request.h"
#include "http/route.h"
#include "net/conn.h"
#include "net/stream.h"

enum {
    HTTP_BODY_MAX = 4 * 1024,
    /* A head, a body, and room to read in whatever coding that has. */
    HTTP_INPUT_BYTES = REQUEST_HEAD_MAX + HTTP_BODY_MAX + 4 * 1024,
};

enum http_phase {
    HTTP_HEAD,   /* between requests, or reading a head */
    HTTP_BODY,   /* reading a body */
    HTTP_ANSWER, /* the request is whole */
};

/* What is still to be sent of an answer. */
struct http_output {
    char *head; /* bytes of its own, to be freed; NULL: none */
    size_t head_len, head_sent;
    const uint8_t *body;
    size_t body_len, body_sent;
    void (*release)(void *owned); /* when the body is no longer needed; NULL: not to be called */
    void *owned;
};

struct http {
    struct stream stream; /* the first member */
    struct conn *conn;
    struct site *site;
    char *input; /* NULL while nothing has been read */
    size_t input_len;
    size_t head_len; /* of the head, at the beginning of the input */
    size_t scanned;  /* of the input, in search of its end */
    size_t used;     /* of the input, by this request */
    struct chunked chunked;
    enum http_phase phase;
    struct request request;
    const struct route *route;
    int64_t numbers[ROUTE_NUMBERS]; /* in the path */
    char *cors;                     /* header lines that let a page read the answer, or NULL */
    struct http_output output;
    bool begun;       /* something of the request has been read */
    bool head_only;   /* the request is HEAD: no body is sent */
    bool close;       /* the connection ends with this answer */
    bool body_unread; /* and part of the request with it */
    /* The answer has been sent, or given to the kernel at least. */
    void (*answered)(struct http *http);
    void *work; /* of the endpoint that answers later; see http_wait */
};

static inline struct http *http_of(struct conn *conn)
{
    return (struct http *)conn->stream;
}

/* Answer later: ops get the connection's events until then; their closed has to end with
 * http_free. */
void http_wait(struct http *http, const struct conn_ops *ops, void *work, uint64_t deadline_us);

/* The answer is not needed any more, or has been sent. */
void http_drop_output(struct http *http);

/* The input is not needed any more, of a request that is answered for a long time, or late. The
 * request has neither path nor fields then. */
void http_drop_input(struct http *http);

/* Its memory, all of it, but not the endpoint's. */
void http_free(struct http *http);

#endif
