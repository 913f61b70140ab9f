/* SPDX-License-Identifier: ISC */
/*
 * fetch: requests to one server, one after the other, over a connection that is kept. Whatever the
 * server does, an answer is bounded in size and in time.
 */
#ifndef PLACED_TOOLS_FETCH_H
#define PLACED_TOOLS_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FETCH_ERROR_BYTES = 400,
    FETCH_TIMEOUT_S = 30, /* by default */
};

struct fetch;

/* base is http://HOST[:PORT] or https://HOST[:PORT], perhaps with a slash at its end, or unix:PATH,
 * a server's socket. An answer
 * that comes at less than 1,000 bytes/s for timeout_s seconds (0: FETCH_TIMEOUT_S) is an error.
 * NULL with a reason in error. */
struct fetch *fetch_create(const char *base, unsigned timeout_s, char error[FETCH_ERROR_BYTES]);
void fetch_destroy(struct fetch *fetch); /* NULL is fine */

/* The body of the answer to GET path, at most limit bytes, for free(). 503 and broken connections
 * are tried again a few times; a redirection is followed on the same host. 0; else -1 and in error,
 * behind the URL, what was wrong. */
int fetch_get(struct fetch *fetch, const char *path, size_t limit, uint8_t **bytes, size_t *len,
              char error[FETCH_ERROR_BYTES]);

/* From now on requests show this token, as Authorization: Bearer. Is it sent in clear text over a
 * network? Then *exposed. 0, or -1 with a reason in error. */
int fetch_authorize(struct fetch *fetch, const char *token, bool *exposed,
                    char error[FETCH_ERROR_BYTES]);

/* Requests go on, or do not, after a stop was asked for (stop.h): for what has to be said then. */
void fetch_heed_stop(struct fetch *fetch, bool heed);

/* Any answer to a request. */
struct fetch_answer {
    long status;
    uint8_t *bytes; /* for free() */
    size_t len;
};

/* One request, which is not tried again: POST with this JSON as its body, or GET when it is NULL.
 * Redirections are not followed. 0, whatever the status; -1 when there is no answer, with a reason
 * in error. */
int fetch_ask(struct fetch *fetch, const char *path, const char *json, size_t limit,
              struct fetch_answer *answer, char error[FETCH_ERROR_BYTES]);

#endif
