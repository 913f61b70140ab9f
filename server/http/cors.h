/* SPDX-License-Identifier: ISC */
/* cors: which page a request comes from, and whether it may make it and read the answer. */
#ifndef PLACED_HTTP_CORS_H
#define PLACED_HTTP_CORS_H

#include <stdbool.h>

struct http;

/* May this page make this request? So may whoever names no page: every browser names it. A refusal
 * is counted, and reported from time to time. */
bool cors_allows(struct http *http);

/* Does a page of our own ask, or no page at all? */
bool cors_own(const struct http *http);

/* Put into http->cors what lets the page read the answer of the request's route. */
void cors_prepare(struct http *http);

/* Answer the question of a browser whether a page may make a request. False: it is no such
 * question. */
bool cors_preflight(struct http *http);

#endif
