/* SPDX-License-Identifier: ISC */
/*
 * fetch: GET requests to one server, one after the other, over a connection that is kept. Whatever
 * the server does, an answer is bounded in size and in time.
 */
#ifndef PLACED_TOOLS_FETCH_H
#define PLACED_TOOLS_FETCH_H

#include <stddef.h>
#include <stdint.h>

enum {
    FETCH_ERROR_BYTES = 400,
    FETCH_TIMEOUT_S = 30, /* by default */
};

struct fetch;

/* base is http://HOST[:PORT] or https://HOST[:PORT], perhaps with a slash at its end. An answer
 * that comes at less than 1,000 bytes/s for timeout_s seconds (0: FETCH_TIMEOUT_S) is an error.
 * NULL with a reason in error. */
struct fetch *fetch_create(const char *base, unsigned timeout_s, char error[FETCH_ERROR_BYTES]);
void fetch_destroy(struct fetch *fetch); /* NULL is fine */

/* The body of the answer to GET path, at most limit bytes, for free(). 503 and broken connections
 * are tried again a few times; a redirection is followed on the same host. 0; else -1 and in error,
 * behind the URL, what was wrong. */
int fetch_get(struct fetch *fetch, const char *path, size_t limit, uint8_t **bytes, size_t *len,
              char error[FETCH_ERROR_BYTES]);

#endif
