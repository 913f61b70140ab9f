/* SPDX-License-Identifier: ISC */
/*
 * web_head: see web_head.h. libmicrohttpd splits the head; what it would let pass and another
 * server in front could understand differently is refused here.
 */
#include "render/http/web_head.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "core/decimal.h"
#include "http/field.h"
#include "http/web_origin.h"
#include "render/http/site.h"
#include "render/http/web_connection.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

/* The fields that say where a request ends. */
struct framing {
    unsigned lengths, encodings, hosts;
    const char *length, *encoding;
};

static enum MHD_Result look(void *context, enum MHD_ValueKind kind, const char *name,
                            const char *value)
{
    struct framing *framing = context;
    if (strcasecmp(name, "Content-Length") == 0) {
        framing->lengths++;
        framing->length = value;
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        framing->encodings++;
        framing->encoding = value;
    } else if (strcasecmp(name, "Host") == 0) {
        framing->hosts++;
    }
    return MHD_YES;
}

/* One length or one "chunked" and nothing else: a body whose end is doubtful could hide a request.
 */
static bool read_framing(struct web_request *request, const char *version)
{
    struct framing framing = {0};
    uint64_t length = 0;
    MHD_get_connection_values(request->mhd, MHD_HEADER_KIND, look, &framing);
    bool good = framing.lengths + framing.encodings <= 1 && framing.hosts <= 1;
    if (framing.length)
        good = good && decimal_parse(framing.length, strlen(framing.length), INT64_MAX, &length);
    if (framing.encoding)
        good = good && strcasecmp(framing.encoding, "chunked") == 0 &&
               strcmp(version, "HTTP/1.1") == 0;
    request->length = framing.encoding ? WEB_LENGTH_UNKNOWN : (int64_t)length;
    return good;
}

/* Proxies may send the whole URL. */
static bool split_target(struct web_request *request)
{
    const char *target = request->target;
    if (strncasecmp(target, "http://", 7) == 0 || strncasecmp(target, "https://", 8) == 0) {
        target = strchr(strchr(target, ':') + 3, '/');
        if (!target)
            target = "/";
    }
    request->path = target;
    request->path_len = strcspn(target, "?");
    request->query = target + request->path_len;
    if (*request->query)
        request->query++;
    request->query_len = strlen(request->query);
    return *target == '/';
}

/* Has the client connected to an address of this machine that nobody else can reach? */
static bool by_loopback(const struct web_request *request)
{
    struct sockaddr_storage own;
    socklen_t len = sizeof own;
    if (getsockname(request->connection->fd, (struct sockaddr *)&own, &len) != 0)
        return false;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&own;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&own;
    return (own.ss_family == AF_INET && ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET) ||
           (own.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr));
}

/* "127.0.0.1:8083", "[::1]:8083" or "localhost:8083": names that nobody else can give a meaning. */
static bool names_loopback(const char *host)
{
    char name[sizeof "255.255.255.255"] = "";
    struct in_addr address;
    size_t len = strcspn(host, ":");
    if (strncmp(host, "[::1]", 5) == 0)
        return host[5] == '\0' || host[5] == ':';
    if (len >= sizeof name)
        return false;
    memcpy(name, host, len);
    return strcasecmp(name, "localhost") == 0 || (inet_pton(AF_INET, name, &address) == 1 &&
                                                  ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET);
}

/* A page of another server must not act here by the browser of somebody who may: browsers say whose
 * page it is, programs say nothing. */
static bool own_origin(const struct web_request *request)
{
    struct web_origin origin;
    const char *named = web_field(request, "Origin"), *host = web_field(request, "Host");
    const char *site = web_field(request, "Sec-Fetch-Site");
    /* Another server's name that has been made to mean this machine: then both fields have it. */
    if (named && request->admin && by_loopback(request) && !(host && names_loopback(host)))
        return false;
    if (site)
        return strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
    return !named || (host && web_origin_parse(&origin, named) &&
                      web_origin_is_authority(&origin, host, WEB_ORIGIN_UNKNOWN));
}

static void check_body(struct web_request *request)
{
    enum web_body body = request->route->body;
    const char *type = web_field(request, "Content-Type");
    if (body == WEB_BODY_NONE && request->length != 0) {
        web_reply_error(request, 400, "there must be no body");
    } else if (body != WEB_BODY_NONE && !own_origin(request)) {
        request->site->counts.origins_refused_total++;
        web_reply_error(request, 403, "a page of another server may not do this");
    } else if (body == WEB_BODY_JSON && !(type && field_is_type(type, "application/json"))) {
        web_reply_error(request, 415, "expected Content-Type: application/json");
    } else if (body == WEB_BODY_JSON && request->length > WEB_BODY_MAX) {
        web_reply_error(request, 413, "the body is larger than 64 kB");
    } else if (body == WEB_BODY_STREAM) {
        request->route->begin(request);
    }
}

static void not_allowed(struct web_request *request, enum web_method allowed)
{
    const struct web_header allow[] = {{"Allow", allowed == WEB_GET ? "GET, HEAD" : "POST"},
                                       {NULL, NULL}};
    static const char words[] = "{\"error\":\"this method is not for this path\"}\n";
    web_reply(request, &(struct web_reply){.status = 405,
                                           .type = "application/json",
                                           .more = allow,
                                           .bytes = words,
                                           .len = sizeof words - 1});
}

void web_head_read(struct web_request *request, const struct web_routes *routes, const char *method,
                   const char *version)
{
    const struct web_route *other;
    bool post = strcmp(method, "POST") == 0;
    bool known = post || strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    request->head = strcmp(method, "HEAD") == 0;
    if (!*request->target) {
        web_reply_error(request, 414, "the URL is too long");
        return;
    }
    if (!read_framing(request, version) || !split_target(request)) {
        request->unclear = true;
        web_reply_error(request, 400, "the request is malformed");
        return;
    }
    request->route = web_route_find(routes, post ? WEB_POST : WEB_GET, request->path,
                                    request->path_len, request->admin, &other);
    if (request->route && known)
        check_body(request);
    else if (request->route || other)
        not_allowed(request, request->route ? request->route->method : other->method);
    else
        web_reply_error(request, 404, "there is nothing by this name");
}

bool web_head_expects_continue(const struct web_request *request)
{
    const char *expect = web_field(request, "Expect");
    return expect && strcasecmp(expect, "100-continue") == 0;
}
