/* SPDX-License-Identifier: ISC */
/*
 * cors: see cors.h. A page of our own is one whose origin is the host that it asks: as the Host
 * field has it, or, when a proxy that we trust is asking, as its forwarding fields have it.
 */
#include "http/cors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/forwarded.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "http/who_asks.h"
#include "net/loop_state.h"
#include "sys/diag.h"

enum {
    REPORT_US = 60 * 1000 * 1000, /* between two reports of refused origins */
};

enum asker {
    ASKER_NO_PAGE,
    ASKER_OWN,
    ASKER_FRIEND, /* of an allowed origin */
    ASKER_STRANGER,
};

/* Is this the origin of our own pages, as a trusted proxy has them? */
static bool is_forwarded(const struct http *http, const struct web_origin *origin)
{
    const struct request *request = &http->request;
    char host[FORWARDED_HOST_BYTES];
    if (!forwarded_any(request) || !who_asks_by_proxy(http))
        return false;
    enum web_origin_scheme scheme = forwarded_scheme(request);
    if (forwarded_host(request, host))
        return web_origin_is_authority(origin, host, scheme);
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
