/* SPDX-License-Identifier: ISC */
/* http: one request, blocking, within seconds. */
#ifndef PLACED_EDIT_FLOOD_HTTP_H
#define PLACED_EDIT_FLOOD_HTTP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target.h"
#include "tls.h"

struct http_request {
    const char *method, *path;
    const char *fields;         /* more header lines, each with its end; "" for none */
    const struct in_addr *from; /* connect from this address; NULL: the kernel's choice */
};

struct http_answer {
    char *head; /* zero-terminated, without its last empty line; owns all of the answer */
    const uint8_t *body;
    size_t body_len;
    int status;
};

/* 0, or -1 and *error says why; then there is nothing to be freed. A request has no body. */
int http_ask(const struct target *target, struct tls_context *context,
             const struct http_request *request, struct http_answer *answer, const char **error);

/* The same for a plain GET. */
int http_get(const struct target *target, struct tls_context *context, const char *path,
             struct http_answer *answer, const char **error);
void http_answer_finish(struct http_answer *answer);

/* The value of the header with this name, up to room - 1 bytes. False: there is none. */
bool http_header(const struct http_answer *answer, const char *name, char *value, size_t room);

#endif
