/* SPDX-License-Identifier: ISC */
/* web_reply: one answer. Each of these ends the request, unless its client has left already: then
 * nothing happens, and what was handed over is released. */
#ifndef PLACED_RENDER_HTTP_WEB_REPLY_H
#define PLACED_RENDER_HTTP_WEB_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "render/name/blob.h"

struct cJSON;
struct web_request;

struct web_header {
    const char *name, *value;
};

struct web_reply {
    unsigned status;
    const char *type;  /* Content-Type, or NULL */
    const char *cache; /* Cache-Control, or NULL: no-store */
    const char *etag;  /* with its quotes, or NULL. A request that has it already is answered 304 */
    unsigned retry_s;  /* Retry-After; 0: none */
    bool any_origin;   /* pages of any server may read it */
    const struct web_header *more; /* further fields, ends with a NULL name; or NULL */
    /* The body: a blob, of which one holder is handed over; or bytes that stay for ever. */
    struct blob *blob;
    const void *bytes;
    size_t len; /* of bytes */
    /* Or len bytes of a file, which is handed over: what is large waits for slow clients there and
     * not in memory. */
    bool has_file;
    int file;
};

void web_reply(struct web_request *request, const struct web_reply *reply);

/* The document is the callee's. NULL: there was no memory for it. reply has all but the body. */
void web_reply_json(struct web_request *request, const struct web_reply *reply, struct cJSON *json);

/* {"error": ...} */
void web_reply_error(struct web_request *request, unsigned status, const char *error);

/* The same with Retry-After. */
void web_reply_later(struct web_request *request, unsigned status, unsigned retry_s,
                     const char *error);

#endif
