/* SPDX-License-Identifier: ISC */
/* route: the table of what can be asked for. An endpoint is one row and one file of api/. */
#ifndef PLACED_HTTP_ROUTE_H
#define PLACED_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http;

enum { ROUTE_NUMBERS = 5 };

enum route_readers {
    READERS_OWN,    /* our own pages, and programs that are no page */
    READERS_FRIEND, /* pages of the allowed origins too */
    READERS_ANY,    /* any page may read the answer */
};

struct route {
    /* A '#' in it stands for a canonical decimal number of at most 63 bits and a sign: one path,
     * one thing. A '$' stands for 16 small hexadecimal digits, a number of 64 bits. A '*' at the
     * end stands for anything. */
    const char *path;
    void (*get)(struct http *http); /* HEAD too, unless it is a stream. NULL: not allowed */
    void (*post)(struct http *http);
    bool stream;    /* an answer without end */
    bool websocket; /* an upgrade is for this */
    enum route_readers readers;
    /* Field names that a page may read, or NULL. */
    const char *exposed;
};

struct routes {
    const struct route *table;
    size_t n;
    const struct route *other;                     /* for paths that are in no row, */
    bool (*other_exists)(const struct http *http); /* if they exist */
};

/* Does the path fit the pattern? The numbers in it, that of a '$' bit by bit; those that it does
 * not have are 0. */
bool route_fits(const char *pattern, const char *path, int64_t numbers[ROUTE_NUMBERS]);

const struct route *route_find(const struct routes *routes, const char *path,
                               int64_t numbers[ROUTE_NUMBERS]);

/* The methods that it takes, as in Allow. */
const char *route_methods(const struct route *route);

#endif
