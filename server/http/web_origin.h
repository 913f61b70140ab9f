/* SPDX-License-Identifier: ISC */
/*
 * web_origin: an origin of RFC 6454: scheme, host and port, as browsers name the page that makes a
 * request. Pure.
 */
#ifndef PLACED_HTTP_WEB_ORIGIN_H
#define PLACED_HTTP_WEB_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum web_origin_scheme {
    WEB_ORIGIN_HTTP,
    WEB_ORIGIN_HTTPS,
    WEB_ORIGIN_NULL,    /* "null": a page without an origin of its own */
    WEB_ORIGIN_UNKNOWN, /* only in questions: either of the first two */
};

struct web_origin {
    enum web_origin_scheme scheme;
    uint16_t port;  /* the scheme's own when none is named */
    char host[254]; /* in small letters; IPv6 with its brackets */
};

/* Read http://host, https://host:port or null, and nothing behind it. */
bool web_origin_parse(struct web_origin *origin, const char *text);

bool web_origin_equal(const struct web_origin *a, const struct web_origin *b);

/* Is it the origin of pages that this Host header's authority serves by that scheme? */
bool web_origin_is_authority(const struct web_origin *origin, const char *authority,
                             enum web_origin_scheme scheme);

/* "http" or "https", case ignored; anything else: WEB_ORIGIN_UNKNOWN. */
enum web_origin_scheme web_origin_scheme(const char *text);

#endif
