/* SPDX-License-Identifier: ISC */
/*
 * request: the head of one HTTP/1 request, read strictly. http-parser splits it and judges the
 * length of the body; Debian's build of it is lenient, so the lines are checked before it sees
 * them. Pure.
 */
#ifndef PLACED_HTTP_REQUEST_H
#define PLACED_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REQUEST_HEAD_MAX = 8 * 1024,
    REQUEST_FIELDS_MAX = 100,
};

enum request_scan {
    SCAN_MORE,
    SCAN_END,  /* the head is whole */
    SCAN_BAD,  /* it cannot become one */
    SCAN_LONG, /* it is longer than REQUEST_HEAD_MAX */
};

enum request_method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_OPTIONS,
    METHOD_OTHER, /* a method that exists, and that nothing here takes */
};

struct request_field {
    uint16_t name, value; /* where they begin in text, with a NUL behind each */
};

struct request {
    const char *text; /* the head; names and values are NUL-terminated in it */
    enum request_method method;
    const char *path; /* decoded */
    size_t path_len;
    const char *query; /* not decoded; "" when there is none */
    size_t query_len;
    bool plain; /* the path came as it is, nothing in it was coded, and no '?' followed */
    const char *authority; /* host[:port], of Host or an absolute target; NULL when there is none */
    uint64_t body_len;     /* as announced */
    bool chunked;          /* then it is not announced */
    bool http_10;
    bool keep_alive;
    bool expects_continue;
    unsigned n_fields;
    struct request_field fields[REQUEST_FIELDS_MAX];
    /* The body, once it has been read. */
    const char *body;
    size_t body_read;
};

/* Look for the end of the head in the first len bytes of text. *at: where to go on looking, and in
 * the end the length of the head; begins as 0. */
enum request_scan request_scan(const char *text, size_t len, size_t *at);

/* Read the head of len bytes; text is changed. The status of the error (400, 501, 505, ...) with
 * the words for it in *error, or 0. */
unsigned request_parse(struct request *request, char *text, size_t len, const char **error);

/* A field's value, of the first one of this name (small letters); NULL when there is none. */
const char *request_field(const struct request *request, const char *name);

/* How many fields of this name there are. */
unsigned request_count(const struct request *request, const char *name);

/* Is token in the list of one of the fields of this name? */
bool request_list_has(const struct request *request, const char *name, const char *token);

#endif
