/* SPDX-License-Identifier: ISC */
/*
 * cors: see cors.h. A page of our own is one whose origin is the host that it asks: as the Host
 * field has it, or, when a proxy that we trust is asking, as its forwarding fields have it.
 */
#include "http/cors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "net/loop_state.h"
#include "sys/diag.h"

enum {
    REPORT_US = 60 * 1000 * 1000, /* between two reports of refused origins */
    VALUE_BYTES = 256,
};

enum asker {
    ASKER_NO_PAGE,
    ASKER_OWN,
    ASKER_FRIEND, /* of an allowed origin */
    ASKER_STRANGER,
};

/* Does a proxy that we trust ask? */
static bool from_proxy(const struct http *http)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    if (getpeername(http->stream.fd, (struct sockaddr *)&peer, &len) != 0)
        return false;
    if (peer.ss_family == AF_UNIX)
        return true;
    for (size_t i = 0; i < http->site->n_proxies; i++) {
        if (network_holds(&http->site->proxies[i], (struct sockaddr *)&peer))
            return true;
    }
    return false;
}

/* The first element of a list, without blanks and quotes. False when there is none or it is too
 * long. */
static bool first_of(const char *list, const char *end, char value[VALUE_BYTES])
{
    list += strspn(list, " \t\"");
    size_t len = strcspn(list, end);
    while (len > 0 && strchr(" \t\"", list[len - 1]))
        len--;
    if (len == 0 || len >= VALUE_BYTES)
        return false;
    memcpy(value, list, len);
    value[len] = '\0';
    return true;
}

/* A parameter of the first element of Forwarded: host=example.com, or "example.com:8080". */
static bool forwarded_parameter(const char *forwarded, const char *name, char value[VALUE_BYTES])
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

/* Is this the origin of our own pages, as a trusted proxy has them? */
static bool is_forwarded(const struct http *http, const struct web_origin *origin)
{
    const struct request *request = &http->request;
    const char *host = request_field(request, "x-forwarded-host");
    const char *proto = request_field(request, "x-forwarded-proto");
    const char *forwarded = request_field(request, "forwarded");
    char value[VALUE_BYTES], host_value[VALUE_BYTES];
    if ((!host && !forwarded && !proto) || !from_proxy(http))
        return false;
    enum web_origin_scheme scheme = WEB_ORIGIN_UNKNOWN;
    if (proto && first_of(proto, ",", value))
        scheme = web_origin_scheme(value);
    else if (forwarded && forwarded_parameter(forwarded, "proto", value))
        scheme = web_origin_scheme(value);
    if (host && first_of(host, ",", host_value))
        return web_origin_is_authority(origin, host_value, scheme);
    if (forwarded && forwarded_parameter(forwarded, "host", host_value))
        return web_origin_is_authority(origin, host_value, scheme);
    return request->authority && web_origin_is_authority(origin, request->authority, scheme);
}

static enum asker asker_of(const struct http *http)
{
    const struct request *request = &http->request;
    const char *text = request_field(request, "origin");
    struct web_origin origin;
    if (!text || !*text)
        return ASKER_NO_PAGE;
    if (request_count(request, "origin") != 1 || !web_origin_parse(&origin, text))
        return ASKER_STRANGER;
    for (size_t i = 0; i < http->site->n_origins; i++) {
        if (web_origin_equal(&origin, &http->site->origins[i]))
            return ASKER_FRIEND;
    }
    /* Without TLS of our own there may be a proxy in front that has some. */
    enum web_origin_scheme scheme = http->stream.ssl ? WEB_ORIGIN_HTTPS : WEB_ORIGIN_UNKNOWN;
    if ((request->authority && web_origin_is_authority(&origin, request->authority, scheme)) ||
        is_forwarded(http, &origin))
        return ASKER_OWN;
    return ASKER_STRANGER;
}

static void report(struct http *http)
{
    const struct loop *loop = http->conn->loop;
    struct site *site = http->site;
    metric_add(loop->config.metrics, origins_refused_total, 1);
    uint64_t now = env_now_us(loop->config.env), said = atomic_load(&site->origin_said_us);
    if ((said != 0 && now < said + REPORT_US) ||
        !atomic_compare_exchange_strong(&site->origin_said_us, &said, now | 1))
        return;
    const char *host = http->request.authority;
    diag_warn(
        "a page of origin %.200s was refused: it is neither of this server, which it calls "
        "%.200s, nor allowed (see --origin and --trust-proxy)",
        request_field(&http->request, "origin"), host ? host : "nothing");
}

bool cors_allows(struct http *http)
{
    if (asker_of(http) != ASKER_STRANGER)
        return true;
    report(http);
    return false;
}

bool cors_own(const struct http *http)
{
    enum asker asker = asker_of(http);
    return asker == ASKER_OWN || asker == ASKER_NO_PAGE;
}

void cors_prepare(struct http *http)
{
    const struct route *route = http->route;
    char *lines = NULL, exposed[128] = "";
    free(http->cors);
    http->cors = NULL;
    if (route->readers == READERS_OWN)
        return;
    if (route->exposed)
        snprintf(exposed, sizeof exposed, "Access-Control-Expose-Headers: %s\r\n", route->exposed);
    int n;
    if (route->readers == READERS_ANY)
        n = asprintf(&lines, "Access-Control-Allow-Origin: *\r\n%s", exposed);
    else if (asker_of(http) == ASKER_FRIEND)
        n = asprintf(&lines, "Vary: Origin\r\nAccess-Control-Allow-Origin: %s\r\n%s",
                     request_field(&http->request, "origin"), exposed);
    else
        n = asprintf(&lines, "Vary: Origin\r\n");
    http->cors = n < 0 ? NULL : lines;
}

bool cors_preflight(struct http *http)
{
    const struct request *request = &http->request;
    if (!request_field(request, "origin") ||
        !request_field(request, "access-control-request-method") ||
        http->route->readers == READERS_OWN)
        return false;
    enum asker asker = asker_of(http);
    if (http->route->readers == READERS_FRIEND && asker != ASKER_FRIEND && asker != ASKER_OWN) {
        report(http);
        reply_error(http, (struct reply){.status = 403}, "origin: not allowed");
        return true;
    }
    char extra[256];
    snprintf(extra, sizeof extra,
             "Access-Control-Allow-Methods: %s\r\n"
             "Access-Control-Allow-Headers: Content-Type, If-None-Match, Last-Event-ID\r\n"
             "Access-Control-Max-Age: 7200\r\n",
             route_methods(http->route));
    reply_send(http, (struct reply){.status = 204, .extra = extra});
    return true;
}
