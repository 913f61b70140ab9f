/* SPDX-License-Identifier: ISC */
/* who_asks: see who_asks.h. */
#include "http/who_asks.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "http/forwarded.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "identity/identity.h"
#include "net/loop_state.h"
#include "sys/diag.h"

enum { YEAR_SECONDS = 365 * 24 * 3600 };

#define REPORT_US (UINT64_C(600) * 1000 * 1000) /* between two reports of a proxy */

/* The peer's address, zeros of a Unix socket. Is it a proxy that we trust? Whoever comes in by a
 * Unix socket is one: its file's owner and mode say who may. */
static bool find_peer(const struct http *http, uint8_t address[16])
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    memset(address, 0, 16);
    if (getpeername(http->stream.fd, (struct sockaddr *)&peer, &len) != 0)
        return false;
    if (peer.ss_family == AF_UNIX)
        return true;
    if (!network_address((struct sockaddr *)&peer, address))
        return false;
    for (size_t i = 0; i < http->site->n_proxies; i++) {
        if (network_holds(&http->site->proxies[i], address))
            return true;
    }
    return false;
}

/* Behind a proxy that is not trusted everybody is one address, with one address's limits. Whoever
 * comes from afar may write into that field what he likes and is not reported. */
static void report_proxy(const struct http *http, const uint8_t peer[16])
{
    static const char *const near[] = {"127.0.0.0/8", "10.0.0.0/8",     "172.16.0.0/12",
                                       "::1",         "192.168.0.0/16", "fc00::/7"};
    uint64_t now = env_now_us(http->conn->loop->config.env);
    uint64_t said = atomic_load(&http->site->proxy_said_us);
    struct network network;
    bool is_near = false;
    if (said != 0 && now < said + REPORT_US)
        return;
    for (size_t i = 0; i < sizeof near / sizeof *near && !is_near; i++)
        is_near =
            network_parse(&network, near[i], strlen(near[i])) && network_holds(&network, peer);
    if (is_near && atomic_compare_exchange_strong(&http->site->proxy_said_us, &said, now | 1))
        diag_warn(
            "requests come with X-Forwarded-For from a proxy that is not trusted: all who come "
            "through it count as one address (see --trust-proxy)");
}

bool who_asks_by_proxy(const struct http *http)
{
    uint8_t address[16];
    return find_peer(http, address);
}

void who_asks_address(const struct http *http, uint8_t address[16])
{
    if (!find_peer(http, address)) {
        if (request_field(&http->request, "x-forwarded-for"))
            report_proxy(http, address);
        return;
    }
    forwarded_client(&http->request, http->site->proxies, http->site->n_proxies, address);
}

bool who_asks_by_tls(const struct http *http)
{
    if (http->stream.ssl)
        return true;
    return forwarded_any(&http->request) && who_asks_by_proxy(http) &&
           forwarded_scheme(&http->request) == WEB_ORIGIN_HTTPS;
}

/* ---- what it shows */

bool who_asks_refuse(struct http *http, unsigned status, const char *error)
{
    const char *extra = status == 401 ? "WWW-Authenticate: Bearer\r\n" : NULL;
    reply_error(http, (struct reply){.status = status, .extra = extra, .close = true}, error);
    return false;
}

/* Is this the field, however it is spelled? Some servers behind proxies take X_User for X-User, and
 * some proxies strip the one and pass the other on. */
static bool like_field(const char *name, const char *field)
{
    for (; *name && *field; name++, field++) {
        char a = *name == '_' ? '-' : (char)tolower((unsigned char)*name);
        char b = *field == '_' ? '-' : (char)tolower((unsigned char)*field);
        if (a != b)
            return false;
    }
    return *name == *field;
}

/* The name that the proxy vouches for. False: it has been answered. */
static bool read_name(struct http *http, const char **name)
{
    const struct request *request = &http->request;
    const char *header = http->site->sso_header, *value = NULL;
    unsigned like = 0;
    for (unsigned i = 0; header && i < request->n_fields; i++) {
        const char *field = request->text + request->fields[i].name;
        if (!like_field(field, header))
            continue;
        like++;
        if (strcasecmp(field, header) == 0)
            value = request->text + request->fields[i].value;
    }
    if (like == 0)
        return true;
    if (like > 1 || !value)
        return who_asks_refuse(http, 400,
                               "single sign-on: expected its header once, as it is spelled");
    if (!who_asks_by_proxy(http))
        return who_asks_refuse(http, 400,
                               "single sign-on: expected its header from a trusted proxy only");
    size_t len = strlen(value);
    if (len == 0 || len > IDENTITY_NAME_MAX || strchr(value, '\t'))
        return who_asks_refuse(http, 400, "single sign-on: expected a name of 1 to 255 bytes");
    *name = value;
    return true;
}

bool who_asks_shows(struct http *http, struct identity_request *shown)
{
    const struct request *request = &http->request;
    memset(shown, 0, sizeof *shown);
    who_asks_address(http, shown->address);
    shown->tls = who_asks_by_tls(http);
    if (request_count(request, "cookie") > 1)
        return who_asks_refuse(http, 400, "cookie: expected one field");
    if (request_count(request, "authorization") > 1)
        return who_asks_refuse(http, 400, "authorization: expected one field");
    shown->cookies = request_field(request, "cookie");
    shown->authorization = request_field(request, "authorization");
    return read_name(http, &shown->name);
}

bool who_asks_counted(struct http *http)
{
    uint8_t address[16];
    who_asks_address(http, address);
    if (conn_count(http->conn, address))
        return true;
    metric_add(http->conn->loop->config.metrics, address_refused_total, 1);
    reply_error(http, (struct reply){.status = 429, .extra = "Retry-After: 5\r\n", .close = true},
                "too many connections of this address");
    return false;
}

void who_asks_add_cookie(char fields[WHO_ASKS_FIELDS_BYTES], const char *name, const char *value)
{
    size_t len = strlen(fields);
    const char *secure = strcmp(name, COOKIE_NAME_TLS) == 0 ? " Secure;" : "";
    snprintf(fields + len, WHO_ASKS_FIELDS_BYTES - len,
             "Set-Cookie: %s=%s; Path=/;%s HttpOnly; SameSite=Lax; Max-Age=%d\r\n", name, value,
             secure, *value ? YEAR_SECONDS : 0);
}

void who_asks_drop_other(char fields[WHO_ASKS_FIELDS_BYTES], const struct identity_request *shown)
{
    const char *other = identity_cookie_other(shown);
    if (other)
        who_asks_add_cookie(fields, other, "");
}

bool who_asks(struct http *http, struct visitor *visitor)
{
    struct identity_request shown;
    if (!who_asks_shows(http, &shown))
        return false;
    switch (identity_read(http->site->identity, &shown, visitor)) {
    case IDENTITY_FOUND:
        return true;
    case IDENTITY_BAD:
        return who_asks_refuse(http, 401, WHO_ASKS_BAD_TOKEN);
    case IDENTITY_TWICE:
        break;
    }
    char fields[WHO_ASKS_FIELDS_BYTES] = "";
    who_asks_drop_other(fields, &shown); /* so that the next attempt succeeds */
    reply_error(http, (struct reply){.status = 400, .extra = fields, .close = true},
                WHO_ASKS_TWO_COOKIES);
    return false;
}
