/* SPDX-License-Identifier: ISC */
/*
 * connection: see connection.h. One request is read to its end before it is answered, and the next
 * one is looked at when the answer has been sent, so that answers keep the order of the requests
 * and a client that pipelines holds no more than one buffer.
 */
#include "http/connection.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/cors.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "net/loop_state.h"

enum {
    HEAD_US = 10 * 1000 * 1000,  /* for a whole head, and a TLS handshake before it */
    BODY_US = 10 * 1000 * 1000,  /* for a whole body */
    IDLE_US = 30 * 1000 * 1000,  /* between two requests */
    LINGER_US = 5 * 1000 * 1000, /* for a client to hear of an answer while it still sends */
    STEPS_A_TURN = 16,           /* requests, or reads, so that nobody keeps the loop for himself */
};

enum step {
    STEP_ON,    /* go on */
    STEP_INPUT, /* more of the request must be read */
    STEP_LEFT,  /* the connection is in other hands, or has been given up */
};

static const struct conn_ops reading_ops;

/* ---- the end of a connection */

static void on_closed(struct conn *conn)
{
    http_free(http_of(conn));
}

static void linger_readable(struct conn *conn)
{
    if (stream_discard(conn->stream) != STREAM_AGAIN)
        conn_kill(conn);
}

/* The answer has been sent while the client was still sending: closing on it would reset the
 * connection, and the client might never see the answer. */
static const struct conn_ops linger_ops = {
    .readable = linger_readable, .closed = on_closed, .idle = true};

static void finish(struct http *http)
{
    struct conn *conn = http->conn;
    stream_shut(&http->stream);
    if (!http->body_unread) {
        conn_kill(conn);
        return;
    }
    conn->ops = &linger_ops;
    conn_set_deadline(conn, LINGER_US);
    stream_watch(&http->stream, STREAM_READ);
}

/* The answer has been sent: forget the request and turn to what came behind it. */
static void answered(struct http *http)
{
    if (http->close) {
        finish(http);
        return;
    }
    struct conn *conn = http->conn;
    size_t left = http->input_len - http->used;
    if (left > 0)
        memmove(http->input, http->input + http->used, left);
    http->input_len = left;
    http->used = http->head_len = http->scanned = 0;
    http->phase = HTTP_HEAD;
    http->head_only = false;
    free(http->cors);
    http->cors = NULL;
    conn->ops = &reading_ops;
    http->begun = false;
    conn_set_deadline(conn, IDLE_US);
    if (left > 0)
        stream_poke(&http->stream);
    else
        stream_await(&http->stream);
}

/* ---- refusing a request, read or not */

static void refuse(struct http *http, unsigned status, const char *error)
{
    http->request.keep_alive = false;
    http->body_unread = true;
    reply_error(http, (struct reply){.status = status, .close = true}, error);
}

static void wrong_method(struct http *http)
{
    char allow[64] = "Allow: ";
    strcat(strcat(allow, route_methods(http->route)), "\r\n");
    reply_error(http, (struct reply){.status = 405, .extra = allow}, "method not allowed");
}

/* ---- one request */

static bool wants_websocket(const struct request *request)
{
    return request_list_has(request, "upgrade", "websocket");
}

/* The handler of the request, or NULL after it has been refused. */
static void (*find_handler(struct http *http))(struct http *)
{
    const struct request *request = &http->request;
    const struct route *route = http->route;
    if (http->conn->over_limit && !(route && route->websocket && wants_websocket(request))) {
        reply_error(http,
                    (struct reply){.status = 503, .extra = "Retry-After: 5\r\n", .close = true},
                    "too many connections");
        return NULL;
    }
    if (!route || (wants_websocket(request) && !route->websocket)) {
        reply_error(http, (struct reply){.status = 404}, "not found");
        return NULL;
    }
    switch (request->method) {
    case METHOD_GET:
        if (route->get)
            return route->get;
        break;
    case METHOD_HEAD:
        if (route->get && !route->stream)
            return route->get;
        break;
    case METHOD_POST:
        if (route->post)
            return route->post;
        break;
    case METHOD_OPTIONS:
        if (cors_preflight(http))
            return NULL;
        break;
    case METHOD_OTHER:
        break;
    }
    wrong_method(http);
    return NULL;
}

static enum step answer(struct http *http)
{
    http->phase = HTTP_ANSWER;
    http->conn->deadline_us = 0;
    void (*handle)(struct http *) = find_handler(http);
    if (handle)
        handle(http);
    return STEP_LEFT; /* whoever answers has it; answered() takes it back */
}

/* The head has been read: who will answer, and is there a body to be read before? */
static enum step begin_body(struct http *http)
{
    struct request *request = &http->request;
    http->body_unread = request->chunked || request->body_len > 0;
    if (request->body_len > HTTP_BODY_MAX) {
        refuse(http, 413, "body: too long");
        return STEP_LEFT;
    }
    if (!http->body_unread)
        return answer(http);
    request->body = http->input + http->head_len;
    memset(&http->chunked, 0, sizeof http->chunked);
    http->phase = HTTP_BODY;
    conn_set_deadline(http->conn, BODY_US);
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (request->expects_continue && http->input_len == http->head_len &&
        (reply_bytes(http, go_on, sizeof go_on - 1) != 0 || reply_pending(http))) {
        conn_kill(http->conn);
        return STEP_LEFT;
    }
    return STEP_ON;
}

static const struct route *find_route(struct http *http)
{
    const struct request *request = &http->request;
    const struct routes *routes = http->conn->admin ? http->site->admin_routes : http->site->routes;
    if (strlen(request->path) != request->path_len) /* there is a NUL in it */
        return NULL;
    const struct route *route = route_find(routes, request->path, http->numbers);
    if (!route && routes->other && routes->other_exists(http))
        route = routes->other;
    return route;
}

static enum step begin_request(struct http *http)
{
    struct request *request = &http->request;
    const char *error = NULL;
    http->used = http->head_len;
    request->keep_alive = true;
    unsigned status = request_parse(request, http->input, http->head_len, &error);
    if (status != 0) {
        request->http_10 = false;
        refuse(http, status, error);
        return STEP_LEFT;
    }
    http->head_only = request->method == METHOD_HEAD;
    http->route = find_route(http);
    if (http->route)
        cors_prepare(http);
    return begin_body(http);
}

static enum step read_head(struct http *http)
{
    size_t empty = 0; /* lines before the request, which RFC 9112 lets pass */
    while (http->input_len - empty >= 2 && memcmp(http->input + empty, "\r\n", 2) == 0)
        empty += 2;
    if (empty > 0) {
        memmove(http->input, http->input + empty, http->input_len - empty);
        http->input_len -= empty;
        http->scanned = 0;
    }
    if (http->input_len > 0 && !http->begun) {
        http->begun = true;
        conn_set_deadline(http->conn, HEAD_US);
    }
    switch (request_scan(http->input, http->input_len, &http->scanned)) {
    case SCAN_MORE:
        return STEP_INPUT;
    case SCAN_END:
        http->head_len = http->scanned;
        return begin_request(http);
    case SCAN_BAD:
        refuse(http, 400, "request: expected METHOD PATH HTTP/1.1 and header fields");
        return STEP_LEFT;
    case SCAN_LONG:
        refuse(http, 431, "header: too long");
        return STEP_LEFT;
    }
    return STEP_LEFT;
}

/* What has come in behind the head and the body as far as it has been read. */
static enum step read_body(struct http *http)
{
    struct request *request = &http->request;
    size_t begin = http->head_len + request->body_read, len = http->input_len - begin;
    if (len == 0)
        return STEP_INPUT;
    if (!request->chunked) {
        size_t left = (size_t)request->body_len - request->body_read;
        request->body_read += len < left ? len : left;
        http->used = http->head_len + request->body_read;
        if (request->body_read < request->body_len)
            return STEP_INPUT;
        http->body_unread = false;
        return answer(http);
    }
    size_t used, data = len;
    enum chunked_result result = chunked_decode(&http->chunked, http->input + begin, &data, &used);
    request->body_read += data;
    if (result == CHUNKED_BAD || request->body_read > HTTP_BODY_MAX) {
        refuse(http, result == CHUNKED_BAD ? 400 : 413,
               result == CHUNKED_BAD ? "body: bad chunked coding" : "body: too long");
        return STEP_LEFT;
    }
    /* The body lies in one piece now; what is behind its end moves up to it. */
    memmove(http->input + begin + data, http->input + begin + used, len - used);
    http->input_len = begin + data + (len - used);
    http->used = begin + data;
    if (result == CHUNKED_MORE)
        return STEP_INPUT;
    http->body_unread = false;
    return answer(http);
}

/* May the head that is being read still become that of an upgrade? Not with a target that
 * libwebsockets would not understand, who may have to read it as well. */
static bool may_be_upgrade(const struct http *http)
{
    static const char begin[] = "GET /";
    size_t len = http->input_len < sizeof begin - 1 ? http->input_len : sizeof begin - 1;
    return http->phase == HTTP_HEAD && memcmp(http->input, begin, len) == 0 &&
           !memchr(http->input, '%', http->input_len);
}

/* Read more. */
static enum step fill(struct http *http)
{
    struct conn *conn = http->conn;
    if (!http->input)
        http->input = malloc(HTTP_INPUT_BYTES);
    if (!http->input) {
        conn_kill(conn);
        return STEP_LEFT;
    }
    char *to = http->input + http->input_len;
    size_t room = HTTP_INPUT_BYTES - http->input_len;
    ssize_t n = may_be_upgrade(http)
                    ? stream_read_head(&http->stream, to, room, http->input_len == 0)
                    : stream_read(&http->stream, to, room);
    if (n > 0) {
        http->input_len += (size_t)n;
        return STEP_ON;
    }
    if (n != STREAM_AGAIN) {
        conn_kill(conn);
        return STEP_LEFT;
    }
    if (http->input_len == 0) /* idle: it needs none */
        http_drop_input(http);
    return STEP_INPUT;
}

static void on_readable(struct conn *conn)
{
    struct http *http = http_of(conn);
    for (unsigned steps = 0; conn->ops == &reading_ops && !conn->dying; steps++) {
        enum step step = STEP_INPUT;
        if (steps == STEPS_A_TURN) {
            stream_poke(&http->stream);
            return;
        }
        if (http->input_len > 0)
            step = http->phase == HTTP_HEAD ? read_head(http) : read_body(http);
        if (step == STEP_INPUT && fill(http) == STEP_INPUT) {
            stream_watch(&http->stream, STREAM_READ);
            return;
        }
        if (step == STEP_LEFT)
            return;
    }
}

static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    if (http->phase == HTTP_BODY)
        refuse(http, 408, "body: did not come in time");
    else if (http->input_len > 0)
        refuse(http, 408, "header: did not come in time");
    else
        conn_kill(conn);
}

static const struct conn_ops reading_ops = {
    .readable = on_readable,
    .expired = on_expired,
    .closed = on_closed,
    .idle = true,
};

void connection_accepted(struct loop *loop, const struct accepted *accepted)
{
    struct conn *conn = conn_create(loop, &reading_ops, accepted);
    struct http *http = calloc(1, sizeof *http);
    if (!conn || !http) {
        close(accepted->fd);
        free(http);
        if (conn) {
            static const struct conn_ops nothing_to_free;
            conn->ops = &nothing_to_free;
            conn_kill(conn);
        }
        return;
    }
    http->conn = conn;
    http->site = loop->config.site;
    http->answered = answered;
    http->request.keep_alive = true;
    conn_set_deadline(conn, HEAD_US);
    if (stream_open(&http->stream, conn, accepted->fd, accepted->tls) != 0)
        conn_kill(conn);
    else
        on_readable(conn); /* the request may be there already */
}
