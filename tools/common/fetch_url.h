/* SPDX-License-Identifier: ISC */
/* fetch_url: questions about the URLs that are fetched. Any thread. */
#ifndef PLACED_TOOLS_FETCH_URL_H
#define PLACED_TOOLS_FETCH_URL_H

#include <stdbool.h>

/* May an answer of one URL send us to the other? On the same host: its own port, or from http to
 * https. */
bool fetch_url_may_follow(const char *from, const char *to);

/* Scheme, host and port, and nothing else? */
bool fetch_url_is_base(const char *base);

/* Is it a server on this machine? */
bool fetch_url_is_local(const char *base);

#endif
