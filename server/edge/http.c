/* SPDX-License-Identifier: ISC */
/* http: the table of what can be asked for, by whom, and with which method. */
#include "edge/http.h"

#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>

#include "core/palette.h"
#include "edge/admin.h"
#include "edge/files.h"
#include "edge/handlers.h"
#include "edge/loop_state.h"
#include "edge/parse.h"

enum {
    LATE_US = 5 * 1000 * 1000, /* to take an answer that came too late to be a good one */
    SPIN_PER_SECOND = 20000,   /* turns of the loop: more is no work, see sweep_spin */
};

enum method {
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_OTHER,
};

struct route {
    const char *path;
    bool get, post; /* GET brings HEAD with it, but for streams */
    bool stream;
    int (*handle)(struct conn *conn);
};

static int no_upgrade(struct conn *conn)
{
    struct reply reply = {.status = 426, .extra = "Upgrade: websocket\r\n", .close = true};
    return reply_error(conn, reply, "upgrade: expected websocket");
}

static const struct route public_routes[] = {
    {"/canvas.png", .get = true, .handle = picture_request},
    {"/info", .get = true, .handle = info_request},
    {"/edit", .post = true, .handle = edit_request},
    {"/events", .get = true, .stream = true, .handle = events_request},
    {"/ws", .get = true, .stream = true, .handle = no_upgrade},
};

static const struct route admin_routes[] = {
    {"/metrics", .get = true, .handle = metrics_request},
    {"/healthz", .get = true, .handle = healthz_request},
    {"/readyz", .get = true, .handle = readyz_request},
};

static enum method method_of(struct lws *wsi)
{
    if (lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI))
        return METHOD_GET;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI))
        return METHOD_HEAD;
    return lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) ? METHOD_POST : METHOD_OTHER;
}

int http_arg(struct conn *conn, const char *name, char value[HTTP_ARG_BYTES])
{
    char fragment[HTTP_ARG_BYTES];
    size_t name_len = strlen(name);
    int found = HTTP_ARG_NONE;
    for (int i = 0;; i++) {
        int len =
            lws_hdr_copy_fragment(conn->wsi, fragment, sizeof fragment, WSI_TOKEN_HTTP_URI_ARGS, i);
        if (len <= 0)
            return found;
        size_t room = (size_t)len;
        if (room < name_len || memcmp(fragment, name, name_len) != 0 ||
            (room > name_len && fragment[name_len] != '='))
            continue;
        if (found != HTTP_ARG_NONE)
            return HTTP_ARG_BAD;
        found = room > name_len ? (int)(room - name_len - 1) : 0;
        if (found > 0)
            memcpy(value, fragment + name_len + 1, (size_t)found);
    }
}

static int wrong_method(struct conn *conn, const char *allow)
{
    return reply_error(conn, (struct reply){.status = 405, .extra = allow}, "method not allowed");
}

static int serve_route(struct conn *conn, const struct route *route, enum method method)
{
    bool good = method == METHOD_GET    ? route->get
                : method == METHOD_HEAD ? route->get && !route->stream
                                        : method == METHOD_POST && route->post;
    if (good)
        return route->handle(conn);
    return wrong_method(conn, route->post     ? "Allow: POST\r\n"
                              : route->stream ? "Allow: GET\r\n"
                                              : "Allow: GET, HEAD\r\n");
}

static int serve_file(struct conn *conn, const struct file *file)
{
    char accept[256] = "", match[1024] = "", etag[sizeof file->etag + 4], extra[256];
    struct lws *wsi = conn->wsi;
    if (lws_hdr_copy(wsi, accept, sizeof accept, WSI_TOKEN_HTTP_ACCEPT_ENCODING) < 0)
        accept[0] = '\0';
    if (lws_hdr_copy(wsi, match, sizeof match, WSI_TOKEN_HTTP_IF_NONE_MATCH) < 0)
        match[0] = '\0';
    bool gzip = file->gzip && parse_accepts_gzip(accept);
    /* A strong tag is of the bytes as they are sent, so each coding has its own. */
    if (gzip)
        snprintf(etag, sizeof etag, "%.*s-gz\"", (int)strlen(file->etag) - 1, file->etag);
    else
        snprintf(etag, sizeof etag, "%s", file->etag);
    snprintf(extra, sizeof extra, "ETag: %s\r\nCache-Control: %s\r\n%s%s", etag,
             file->immutable ? "public, max-age=31536000, immutable" : "no-cache",
             file->gzip ? "Vary: Accept-Encoding\r\n" : "",
             gzip ? "Content-Encoding: gzip\r\n" : "");
    struct reply reply = {.status = 200, .type = file->type, .extra = extra};
    reply.body = gzip ? file->gzip : file->bytes;
    reply.len = gzip ? file->gzip_len : file->len;
    if (parse_none_match(match, etag))
        reply.status = 304;
    return reply_send(conn, reply);
}

/* What the headers say of a body; false when it makes no sense or cannot be told. */
static bool read_body_length(struct conn *conn)
{
    char value[32];
    conn->body_bytes = 0;
    conn->body = false;
    if (lws_hdr_total_length(conn->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
        conn->close = true;
        return false;
    }
    if (lws_hdr_total_length(conn->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) == 0)
        return true;
    int len = lws_hdr_copy(conn->wsi, value, sizeof value, WSI_TOKEN_HTTP_CONTENT_LENGTH);
    if (len < 0 || !parse_decimal(value, (size_t)len, INT64_MAX, &conn->body_bytes)) {
        conn->close = true;
        return false;
    }
    conn->body = conn->body_bytes > 0;
    return true;
}

int http_request(struct conn *conn, const char *path, size_t len)
{
    if (conn->close)
        return -1; /* it was told that the answer before was the last */
    if (conn->requests < UINT8_MAX)
        conn->requests++;
    conn->late = conn->body_read = false;
    conn->deadline_us = 0;
    enum method method = method_of(conn->wsi);
    conn->head = method == METHOD_HEAD;
    if (lws_hdr_total_length(conn->wsi, WSI_TOKEN_HTTP) == 0)
        return reply_error(conn, (struct reply){.status = 400, .close = true},
                           "request line: expected METHOD PATH HTTP/1.1");
    if (!read_body_length(conn))
        return reply_error(conn, (struct reply){.status = 400},
                           "content-length: expected one whole number");
    /* Without a length, libwebsockets takes whatever follows a POST for its body; and after a body
     * it loses its way among pipelined requests. */
    if (method != METHOD_GET && method != METHOD_HEAD &&
        lws_hdr_total_length(conn->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) == 0)
        conn->close = true;
    if (conn->body)
        conn->close = true;
    /* A body behind a request that was pipelined is deadly in libwebsockets 4.1: it reads the body
     * from the wrong place and then turns for ever within one call, or frees the connection twice.
     * Whether this one was pipelined cannot be asked; the first on a connection never is. */
    if (conn->body && conn->requests > 1) {
        conn->body = false;
        (void)reply_error(conn, (struct reply){.status = 400, .close = true},
                          "body: expected none on a connection that was used before");
        return -1;
    }
    if (conn->over_limit)
        return reply_error(
            conn, (struct reply){.status = 503, .extra = "Retry-After: 5\r\n", .close = true},
            "too many connections");
    if (strlen(path) != len)
        return reply_error(conn, (struct reply){.status = 404}, "not found");

    const struct route *routes = conn->admin ? admin_routes : public_routes;
    size_t n = conn->admin ? sizeof admin_routes / sizeof *admin_routes
                           : sizeof public_routes / sizeof *public_routes;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(path, routes[i].path) == 0)
            return serve_route(conn, &routes[i], method);
    }
    const struct files *files = conn->loop->config.files;
    const struct file *file = files && !conn->admin ? files_find(files, path) : NULL;
    if (!file)
        return reply_error(conn, (struct reply){.status = 404}, "not found");
    if (method != METHOD_GET && method != METHOD_HEAD)
        return wrong_method(conn, "Allow: GET, HEAD\r\n");
    return serve_file(conn, file);
}

int info_request(struct conn *conn)
{
    char json[2048];
    const struct loop_config *config = &conn->loop->config;
    int n =
        snprintf(json, sizeof json,
                 "{\"protocol\":\"" PROTOCOL_NAME
                 "\",\"version\":%llu,\"width\":%d,"
                 "\"height\":%d,\"palette\":[",
                 (unsigned long long)canvases_version(config->canvases), CANVAS_WIDTH, CANVAS_HEIGHT);
    for (size_t i = 0; i < CANVAS_COLOURS; i++)
        n += snprintf(json + n, sizeof json - (size_t)n,
                      "%s{\"name\":\"%s\",\"rgb\":\"#%02x%02x%02x\"}", i ? "," : "",
                      palette[i].name, palette[i].red, palette[i].green, palette[i].blue);
    n += snprintf(json + n, sizeof json - (size_t)n,
                  "],\"energy\":{\"policy\":\"%s\"},\"online\":%llu,\"readonly\":%s}\n",
                  config->shard->energy, (unsigned long long)shard_online(conn->loop->shard),
                  shard_readonly(conn->loop->shard) ? "true" : "false");
    return reply_send(conn, (struct reply){.status = 200,
                                           .type = "application/json",
                                           .extra = "Cache-Control: no-cache\r\n"
                                                    "Access-Control-Allow-Origin: *\r\n",
                                           .body = json,
                                           .len = (size_t)n});
}

int http_body(struct conn *conn, size_t len)
{
    return 0; /* of no interest; its length was judged before */
}

int http_body_end(struct conn *conn)
{
    if (conn->body_read)
        return -1; /* bytes behind the body: libwebsockets would tell of its end again and again */
    conn->body_read = true;
    return conn->kind == CONN_EDIT ? edit_body_end(conn) : 0;
}

int http_writable(struct conn *conn)
{
    switch ((enum conn_kind)conn->kind) {
    case CONN_REPLY:
        return reply_go_on(conn);
    case CONN_PICTURE:
        return picture_writable(conn);
    case CONN_EDIT:
        return edit_writable(conn);
    case CONN_EVENTS:
        return events_writable(conn);
    case CONN_HTTP:
    case CONN_WS:
        break;
    }
    return 0;
}

void http_enter(struct conn *conn)
{
    struct loop *loop = conn->loop;
    conn->next = loop->http;
    if (conn->next)
        conn->next->prev = conn;
    loop->http = conn;
}

void http_leave(struct conn *conn)
{
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        conn->loop->http = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    conn->prev = conn->next = NULL;
}

void http_finish(struct conn *conn)
{
    http_end(conn);
    http_leave(conn);
}

/* Can it be this one that keeps the loop turning? See sweep_spin. */
static bool may_spin(struct conn *conn)
{
    char byte;
    switch ((enum conn_kind)conn->kind) {
    case CONN_WS:
        return false;
    case CONN_HTTP: /* its last bytes are waiting, or nothing is */
        return conn->close;
    case CONN_REPLY:
        if (conn->reply.sent == conn->reply.seen)
            return true;
        break;
    case CONN_PICTURE:
    case CONN_EDIT:
    case CONN_EVENTS:
        break;
    }
    return conn->requests > 1 ||
           recv(lws_get_socket_fd(conn->wsi), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

/* A client that sends its next request, or half-closes, while an answer is being waited for or is
 * stuck can make libwebsockets poll without end what it does not read. Only an attacker does it for
 * long; he is cut within a second, and with him who looks the same. */
static void sweep_spin(struct loop *loop)
{
    unsigned iterations = ev_iteration(loop->ev);
    bool spins = iterations - loop->iterations > SPIN_PER_SECOND;
    loop->iterations = iterations;
    for (struct conn *conn = loop->http, *next; conn; conn = next) {
        next = conn->next;
        if (spins && may_spin(conn)) /* at once: timers of libwebsockets starve while it spins */
            lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
        else if (conn->kind == CONN_REPLY)
            conn->reply.seen = conn->reply.sent;
    }
}

void http_sweep(struct loop *loop, uint64_t now)
{
    sweep_spin(loop);
    for (struct conn *conn = loop->http; conn; conn = conn->next) {
        if (conn->kind == CONN_EVENTS)
            events_sweep(conn, now);
        if (conn->deadline_us == 0 || now < conn->deadline_us)
            continue;
        if (!conn->late && (conn->kind == CONN_PICTURE || conn->kind == CONN_EDIT)) {
            conn->late = true;
            conn->deadline_us = now + LATE_US;
            conn_want_writable(conn); /* it is answered with what there is */
        } else {
            conn_kill(conn);
        }
    }
}
