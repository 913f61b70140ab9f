/* SPDX-License-Identifier: ISC */
/*
 * web_request: one HTTP request, as endpoints see it. It is answered within the handler, or later
 * from the thread of the loop; until then its connection is at rest and costs some kilobytes. It
 * stays until `ended` was called.
 *
 * Threads: the loop's. Whoever learns the answer on another thread wakes the loop first.
 */
#ifndef PLACED_RENDER_HTTP_WEB_REQUEST_H
#define PLACED_RENDER_HTTP_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/http/web_route.h"

enum {
    WEB_TARGET_MAX = 2048, /* bytes of path and query; longer is 414 */
    WEB_BODY_MAX = 64 * 1024,
    WEB_LENGTH_UNKNOWN = -1,
};

struct MHD_Connection;
struct MHD_Response;
struct site;
struct web_connection;

struct web_request {
    struct site *site;
    const struct web_route *route;
    /* The path as it was sent: nothing in it is decoded, so that a picture has one name only. */
    const char *path;
    size_t path_len;
    const char *query; /* behind the '?', not decoded; "" when there is none */
    size_t query_len;
    bool admin;       /* came by the admin listener */
    bool head;        /* HEAD: answered as GET, the body is left out by web_reply */
    int64_t length;   /* of the body as announced, or WEB_LENGTH_UNKNOWN */
    const char *body; /* WEB_BODY_JSON: the whole, with a NUL behind it */
    size_t body_len;

    /* The endpoint's own. ended is called once, when the request is over: `answered` tells whether
     * there was an answer; if not, the client has left, and nothing may be answered any more. */
    void *context;
    void (*ended)(struct web_request *request);
    bool answered;

    /* What follows is of the modules web_*.c and front.c. */
    struct MHD_Connection *mhd;
    struct web_connection *connection;
    struct MHD_Response *response; /* made, and not yet handed over */
    unsigned status;
    bool handled;   /* route->handle has been called */
    bool suspended; /* the connection is at rest */
    bool gone;      /* the client has left, or is being cut off */
    bool unclear;   /* nobody can say where it ends: the connection is closed behind it */
    bool streaming; /* an answer without end */
    uint64_t body_read, reply_len;
    char *buffer;
    char target[];
};

/* The value of the first header field of this name, or NULL. */
const char *web_field(const struct web_request *request, const char *name);

/* A query parameter, decoded: see form_get of "http/form.h". */
int web_query(const struct web_request *request, const char *name, char *value, size_t room);

/* The n-th part of the path, from 0 on: of /images/ID/OP the ID is number 1. False: none. */
bool web_part(const struct web_request *request, unsigned n, const char **part, size_t *len);

#endif
