/* SPDX-License-Identifier: ISC */
/*
 * own_address: where the browser, or whoever asks, finds this server, as "https://host[:port]/". It
 * is what the request says in Host, or, when a proxy that we trust asks, in its forwarding fields;
 * so it is checked letter by letter, and whoever keeps the answer keeps one for each Host.
 */
#ifndef PLACED_HTTP_OWN_ADDRESS_H
#define PLACED_HTTP_OWN_ADDRESS_H

#include <stdbool.h>

struct http;

enum { OWN_ADDRESS_BYTES = 280 };

/* False when the request names no host that there can be. */
bool own_address(const struct http *http, char address[OWN_ADDRESS_BYTES]);

#endif
