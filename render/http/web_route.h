/* SPDX-License-Identifier: ISC */
/*
 * web_route: the table of what can be asked for. An endpoint is a row in routes.c and a file beside
 * it. Pure.
 */
#ifndef PLACED_RENDER_HTTP_WEB_ROUTE_H
#define PLACED_RENDER_HTTP_WEB_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

struct web_request;

enum web_method {
    WEB_GET, /* and HEAD */
    WEB_POST,
};

/* What becomes of a request's body. */
enum web_body {
    WEB_BODY_NONE,   /* there must be none */
    WEB_BODY_JSON,   /* at most WEB_BODY_MAX bytes of application/json, whole when handle is called;
                        refused when the page that sends it is another server's */
    WEB_BODY_STREAM, /* begin, then data for each piece, then handle */
};

struct web_route {
    enum web_method method;
    /* A '*' stands for one part between slashes, at the end for anything that is not empty. */
    const char *path;
    bool admin; /* on the admin listener only; elsewhere it does not exist */
    enum web_body body;
    /* The request is here: answer with web_reply and its like, now or later. */
    void (*handle)(struct web_request *request);
    /* WEB_BODY_STREAM. The head is here, the body is not: may answer with an error, which ends the
     * connection; then neither of the others is called. */
    void (*begin)(struct web_request *request);
    /* A piece of the body. An answer at this point also ends the connection. */
    void (*data)(struct web_request *request, const void *bytes, size_t len);
};

struct web_routes {
    const struct web_route *table;
    size_t n;
};

/* Does the path, as it was sent, fit the pattern? */
bool web_route_fits(const char *pattern, const char *path, size_t len);

/* The first row that fits; NULL: none. *other: what fits but for the method, or NULL. */
const struct web_route *web_route_find(const struct web_routes *routes, enum web_method method,
                                       const char *path, size_t len, bool admin,
                                       const struct web_route **other);

#endif
