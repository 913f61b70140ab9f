/* SPDX-License-Identifier: ISC */
/*
 * forwarded: what proxies say of the request that they pass on: who the client is, and which host
 * and scheme it asked for. Whether they are to be believed is the caller's to know. Pure.
 */
#ifndef PLACED_HTTP_FORWARDED_H
#define PLACED_HTTP_FORWARDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/web_origin.h"
#include "sys/network.h"

struct request;

enum { FORWARDED_HOST_BYTES = 256 };

/* Is there any field that says host or scheme? */
bool forwarded_any(const struct request *request);

/* The scheme of X-Forwarded-Proto, else of Forwarded. */
enum web_origin_scheme forwarded_scheme(const struct request *request);

/* The host of X-Forwarded-Host, else of Forwarded. False when neither has one. */
bool forwarded_host(const struct request *request, char host[FORWARDED_HOST_BYTES]);

/* The address of the client of a request whose peer is a trusted proxy with this address (zeros:
 * it came by a Unix socket): the right-most hop of X-Forwarded-For that is none of the n proxies.
 * Every proxy appends the address that it has seen, so what stands to the left of the first
 * stranger may be made up. Several fields are one list. A hop that is no address ends the way, and
 * so does the list's end: the answer is then the last hop before it, which is the peer when there
 * is none. */
void forwarded_client(const struct request *request, const struct network *proxies, size_t n,
                      uint8_t address[16]);

/* One hop: an address, alone or with a port (192.0.2.1:80, [2001:db8::1]:80), in quotes or without.
 * False when it is something else. */
bool forwarded_hop(const char *text, size_t len, uint8_t address[16]);

#endif
