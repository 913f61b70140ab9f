/* SPDX-License-Identifier: ISC */
/* web_origin: see web_origin.h. */
#include "http/web_origin.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/decimal.h"

enum {
    PORT_HTTP = 80,
    PORT_HTTPS = 443,
};

/* host[:port], the whole text. */
static bool parse_authority(const char *text, uint16_t default_port, struct web_origin *origin)
{
    size_t len = strlen(text), host_len = len;
    const char *colon = strrchr(text, ':');
    uint64_t port = default_port;
    if (colon && !strchr(colon, ']')) { /* not one within an IPv6 address */
        host_len = (size_t)(colon - text);
        if (!decimal_parse(colon + 1, len - host_len - 1, UINT16_MAX, &port) || port == 0)
            return false;
    }
    if (host_len == 0 || host_len >= sizeof origin->host)
        return false;
    for (size_t i = 0; i < host_len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!isalnum(c) && !strchr("-._~", c) && !(*text == '[' && strchr("[]:", c)))
            return false;
        origin->host[i] = (char)tolower(c);
    }
    if ((*text == '[') != (text[host_len - 1] == ']'))
        return false;
    origin->host[host_len] = '\0';
    origin->port = (uint16_t)port;
    return true;
}

static uint16_t port_of(enum web_origin_scheme scheme)
{
    return scheme == WEB_ORIGIN_HTTPS ? PORT_HTTPS : PORT_HTTP;
}

bool web_origin_parse(struct web_origin *origin, const char *text)
{
    if (strcmp(text, "null") == 0) {
        *origin = (struct web_origin){.scheme = WEB_ORIGIN_NULL};
        return true;
    }
    if (strncasecmp(text, "http://", 7) == 0) {
        origin->scheme = WEB_ORIGIN_HTTP;
        text += 7;
    } else if (strncasecmp(text, "https://", 8) == 0) {
        origin->scheme = WEB_ORIGIN_HTTPS;
        text += 8;
    } else {
        return false;
    }
    return parse_authority(text, port_of(origin->scheme), origin);
}

bool web_origin_equal(const struct web_origin *a, const struct web_origin *b)
{
    return a->scheme == b->scheme && a->port == b->port && strcmp(a->host, b->host) == 0;
}

bool web_origin_is_authority(const struct web_origin *origin, const char *authority,
                             enum web_origin_scheme scheme)
{
    struct web_origin own = {.scheme = origin->scheme};
    if (origin->scheme == WEB_ORIGIN_NULL ||
        (scheme != WEB_ORIGIN_UNKNOWN && scheme != origin->scheme))
        return false;
    return parse_authority(authority, port_of(origin->scheme), &own) &&
           web_origin_equal(origin, &own);
}

enum web_origin_scheme web_origin_scheme(const char *text)
{
    if (strcasecmp(text, "http") == 0)
        return WEB_ORIGIN_HTTP;
    return strcasecmp(text, "https") == 0 ? WEB_ORIGIN_HTTPS : WEB_ORIGIN_UNKNOWN;
}
