/* SPDX-License-Identifier: ISC */
/* reply: one HTTP answer, and the sending of it. */
#ifndef PLACED_HTTP_REPLY_H
#define PLACED_HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

struct cJSON;
struct http;

struct reply {
    unsigned status;
    const char *type;  /* Content-Type, or NULL */
    const char *extra; /* more header lines, each with its \r\n, or NULL */
    const void *body;
    size_t len;
    void (*release)(void *owned); /* called with owned when the body is no longer needed */
    void *owned;                  /* NULL: the body is copied, or stays for ever */
    bool close;                   /* the connection, afterwards */
};

/* Answer. The connection may have been given up or have gone on to its next request afterwards. */
void reply_send(struct http *http, struct reply reply);

/* The JSON document, which is the callee's; NULL: there was no memory for it. */
void reply_json(struct http *http, struct reply reply, struct cJSON *json);

/* {"error": ...} */
void reply_error(struct http *http, struct reply reply, const char *error);

/* Send bytes that are not a whole answer: an event stream, or 100 Continue. What is not taken is
 * kept, and sent when ops->writable calls reply_go_on. 0, or -1 when the connection is broken. */
int reply_bytes(struct http *http, const void *bytes, size_t len);

/* Is something of it left? */
bool reply_pending(const struct http *http);

/* Go on sending. 1: all has been sent. 0: there is more. -1: the connection is broken. */
int reply_go_on(struct http *http);

#endif
