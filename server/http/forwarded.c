/* SPDX-License-Identifier: ISC */
/* forwarded: see forwarded.h. */
#include "http/forwarded.h"

#include <string.h>
#include <strings.h>

#include "core/decimal.h"
#include "http/request.h"

/* ---- host and scheme */

/* The first element of a list, without blanks and quotes. False when there is none or it is too
 * long. */
static bool first_of(const char *list, const char *end, char value[FORWARDED_HOST_BYTES])
{
    list += strspn(list, " \t\"");
    size_t len = strcspn(list, end);
    while (len > 0 && strchr(" \t\"", list[len - 1]))
        len--;
    if (len == 0 || len >= FORWARDED_HOST_BYTES)
        return false;
    memcpy(value, list, len);
    value[len] = '\0';
    return true;
}

/* A parameter of the first element of Forwarded: host=example.com, or "example.com:8080". */
static bool parameter(const char *forwarded, const char *name, char value[FORWARDED_HOST_BYTES])
{
    size_t len = strlen(name);
    for (const char *at = forwarded; *at && *at != ',';) {
        at += strspn(at, " \t;");
        if (strncasecmp(at, name, len) == 0 && at[len] == '=')
            return first_of(at + len + 1, ";,", value);
        at += strcspn(at, ";,");
    }
    return false;
}

bool forwarded_any(const struct request *request)
{
    return request_field(request, "x-forwarded-host") ||
           request_field(request, "x-forwarded-proto") || request_field(request, "forwarded");
}

enum web_origin_scheme forwarded_scheme(const struct request *request)
{
    const char *proto = request_field(request, "x-forwarded-proto");
    const char *forwarded = request_field(request, "forwarded");
    char value[FORWARDED_HOST_BYTES];
    if (proto && first_of(proto, ",", value))
        return web_origin_scheme(value);
    if (forwarded && parameter(forwarded, "proto", value))
        return web_origin_scheme(value);
    return WEB_ORIGIN_UNKNOWN;
}

bool forwarded_host(const struct request *request, char host[FORWARDED_HOST_BYTES])
{
    const char *field = request_field(request, "x-forwarded-host");
    const char *forwarded = request_field(request, "forwarded");
    return (field && first_of(field, ",", host)) ||
           (forwarded && parameter(forwarded, "host", host));
}

/* ---- the client */

static bool good_port(const char *text, size_t len)
{
    uint64_t port;
    return decimal_parse(text, len, UINT16_MAX, &port);
}

bool forwarded_hop(const char *text, size_t len, uint8_t address[16])
{
    struct network network;
    if (len >= 2 && text[0] == '"' && text[len - 1] == '"') {
        text++;
        len -= 2;
    }
    if (len > 0 && *text == '[') {
        const char *close = memchr(text, ']', len);
        if (!close)
            return false;
        size_t inside = (size_t)(close - text) - 1, rest = len - inside - 2;
        if (rest > 0 && (close[1] != ':' || !good_port(close + 2, rest - 1)))
            return false;
        text++;
        len = inside;
        if (!memchr(text, ':', len)) /* brackets are for IPv6 */
            return false;
    } else {
        const char *colon = memchr(text, ':', len);
        size_t before = colon ? (size_t)(colon - text) : len;
        if (colon && colon == (const char *)memrchr(text, ':', len)) { /* IPv6 has more of them */
            if (!good_port(colon + 1, len - before - 1))
                return false;
            len = before;
        }
    }
    if (memchr(text, '/', len) || !network_parse(&network, text, len))
        return false;
    memcpy(address, network.address, sizeof network.address);
    return true;
}

static bool is_proxy(const uint8_t address[16], const struct network *proxies, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (network_holds(&proxies[i], address))
            return true;
    }
    return false;
}

/* Follow the hops of one field from right to left. False when the way has ended. */
static bool follow(const char *list, const struct network *proxies, size_t n, uint8_t address[16])
{
    for (size_t end = strlen(list);;) {
        const char *comma = memrchr(list, ',', end);
        const char *begin = comma ? comma + 1 : list;
        size_t len = (size_t)(list + end - begin);
        while (len > 0 && (begin[len - 1] == ' ' || begin[len - 1] == '\t'))
            len--;
        while (len > 0 && (*begin == ' ' || *begin == '\t')) {
            begin++;
            len--;
        }
        /* An empty element is none, as in any list of RFC 9110. */
        if (len > 0 && (!forwarded_hop(begin, len, address) || !is_proxy(address, proxies, n)))
            return false;
        if (!comma)
            return true;
        end = (size_t)(comma - list);
    }
}

void forwarded_client(const struct request *request, const struct network *proxies, size_t n,
                      uint8_t address[16])
{
    for (unsigned i = request->n_fields; i-- > 0;) {
        const struct request_field *field = &request->fields[i];
        if (strcasecmp(request->text + field->name, "x-forwarded-for") == 0 &&
            !follow(request->text + field->value, proxies, n, address))
            return;
    }
}
