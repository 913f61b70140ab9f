/* SPDX-License-Identifier: ISC */
/* who_asks: from which address a request comes, through proxies that are trusted, and who makes it.
 */
#ifndef PLACED_HTTP_WHO_ASKS_H
#define PLACED_HTTP_WHO_ASKS_H

#include <stdbool.h>
#include <stdint.h>

struct http;
struct identity_request;
struct visitor;

/* Who makes this request? False: it has been answered, because of what it shows (400, 401). */
bool who_asks(struct http *http, struct visitor *visitor);

/* What it shows, for identity/. False: it has been answered with 400: a field that may be there
 * once is there twice, or in another spelling. */
bool who_asks_shows(struct http *http, struct identity_request *request);

/* Does a proxy that we trust ask? */
bool who_asks_by_proxy(const struct http *http);

/* Append the header line that gives a browser this cookie; "": that takes it away. Its name says
 * whether it is one of TLS, which a browser takes with Secure alone. */
enum { WHO_ASKS_FIELDS_BYTES = 512 };
void who_asks_add_cookie(char fields[WHO_ASKS_FIELDS_BYTES], const char *name, const char *value);

/* Append the line that takes away the cookie of the other name, if it came along: left over from
 * the time before TLS, or after, it would count as a second one. */
void who_asks_drop_other(char fields[WHO_ASKS_FIELDS_BYTES], const struct identity_request *shown);

/* Answer with an error because of what it shows: the connection ends with it, since it may be one
 * that was to become a WebSocket. Returns false. */
bool who_asks_refuse(struct http *http, unsigned status, const char *error);

#define WHO_ASKS_BAD_TOKEN   "authorization: the token is nobody's"
#define WHO_ASKS_TWO_COOKIES "cookie: expected one identity"

/* Does the browser speak TLS, with us or with a proxy that we trust? */
bool who_asks_by_tls(const struct http *http);

/* Count this connection, which is to be held for long, for its client's address. False: that one
 * holds as many as it may, and the request has been answered with 429. */
bool who_asks_counted(struct http *http);

/* The client's address, IPv4 as ::ffff:a.b.c.d; zeros when it is unknown. */
void who_asks_address(const struct http *http, uint8_t address[16]);

#endif
