/* SPDX-License-Identifier: ISC */
/*
 * reply: one HTTP answer: head and a short body in one write; a long body in pieces, each when the
 * socket has taken the one before, so that a slow reader holds one piece of memory and no more.
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "edge/http.h"
#include "edge/loop_state.h"

enum {
    HEAD_BYTES = 2048,
    SHORT_BYTES = 4096,           /* a body that goes with the head */
    PIECE_BYTES = 32 * 1024,      /* of a longer one */
    SEND_US = 60 * 1000 * 1000,   /* for a whole body */
    LINGER_US = 10 * 1000 * 1000, /* to read off a request's body that nobody wants */
    DATE_BYTES = 40,
};

static const char *reason_of(unsigned status)
{
    static const struct {
        unsigned status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {413, "Content Too Large"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "-";
}

static void date_now(char date[DATE_BYTES])
{
    time_t now = time(NULL);
    struct tm utc;
    if (!gmtime_r(&now, &utc) || strftime(date, DATE_BYTES, "%a, %d %b %Y %H:%M:%S GMT", &utc) == 0)
        date[0] = '\0';
}

static void release(struct conn_reply *reply)
{
    free(reply->owned);
    snapshot_release(reply->snapshot);
    memset(reply, 0, sizeof *reply);
}

/* The answer has been written (part of it may still wait in libwebsockets). */
static int finish(struct conn *conn)
{
    conn->kind = CONN_HTTP;
    conn->deadline_us = 0;
    if (conn->close && conn->body && !conn->body_read) {
        /* What the client still sends is read off, for a while: closing on it would reset the
         * connection, and the client might never see the answer. */
        conn->deadline_us = env_now_us(conn->loop->config.env) + LINGER_US;
        return lws_http_transaction_completed(conn->wsi) ? -1 : 0;
    }
    if (conn->close)
        return -1;
    return lws_http_transaction_completed(conn->wsi) ? -1 : 0;
}

int reply_send(struct conn *conn, struct reply reply)
{
    char bytes[LWS_PRE + HEAD_BYTES + SHORT_BYTES];
    char *head = bytes + LWS_PRE;
    char date[DATE_BYTES];
    struct conn_reply sending = {
        .body = reply.body, .len = reply.len, .owned = reply.owned, .snapshot = reply.snapshot};
    metric_add(conn->loop->config.metrics, http_requests_total, 1);
    conn->close |= reply.close || conn->loop->phase != LOOP_RUNS;

    char length[48] = "";
    if (reply.status != 304)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", reply.len);
    date_now(date);
    int n =
        snprintf(head, HEAD_BYTES,
                 "HTTP/1.1 %u %s\r\n"
                 "Date: %s\r\n"
                 "%s%s%s"
                 "%s%s%s"
                 "Content-Security-Policy: default-src 'self'; img-src 'self' blob: data:; "
                 "frame-ancestors 'none'\r\n"
                 "X-Content-Type-Options: nosniff\r\n"
                 "Referrer-Policy: same-origin\r\n"
                 "\r\n",
                 reply.status, reason_of(reply.status), date, reply.type ? "Content-Type: " : "",
                 reply.type ? reply.type : "", reply.type ? "\r\n" : "", length,
                 reply.extra ? reply.extra : "", conn->close ? "Connection: close\r\n" : "");
    size_t len = (size_t)n;
    if (n < 0 || len >= HEAD_BYTES) {
        release(&sending);
        return -1;
    }
    if (conn->head || reply.status == 304) {
        release(&sending);
    } else if (sending.len <= SHORT_BYTES) {
        if (sending.len > 0)
            memcpy(head + len, sending.body, sending.len);
        len += sending.len;
        release(&sending);
    }
    if (lws_write(conn->wsi, (unsigned char *)head, len, LWS_WRITE_HTTP_HEADERS) < 0) {
        release(&sending);
        return -1;
    }
    if (sending.len == 0)
        return finish(conn);

    conn->kind = CONN_REPLY;
    conn->reply = sending;
    conn->deadline_us = env_now_us(conn->loop->config.env) + SEND_US;
    lws_set_timeout(conn->wsi, NO_PENDING_TIMEOUT, 0); /* the deadline is ours */
    lws_callback_on_writable(conn->wsi);
    return 0;
}

int reply_go_on(struct conn *conn)
{
    struct conn_reply *reply = &conn->reply;
    if (reply->sent == reply->len) { /* and all of it is in the kernel, or we would not be here */
        release(reply);
        return finish(conn);
    }
    size_t len = reply->len - reply->sent;
    if (len > PIECE_BYTES)
        len = PIECE_BYTES;
    /* HTTP/1.1 is written as it stands: nothing is put before the bytes, and they are not changed.
     */
    unsigned char *piece = (unsigned char *)(uintptr_t)(reply->body + reply->sent);
    if (lws_write(conn->wsi, piece, len, LWS_WRITE_HTTP) < 0)
        return -1;
    reply->sent += len;
    lws_callback_on_writable(conn->wsi);
    return 0;
}

int reply_error(struct conn *conn, struct reply reply, const char *error)
{
    char json[256]; /* our own words: nothing to escape */
    int n = snprintf(json, sizeof json, "{\"error\":\"%s\"}\n", error);
    reply.type = "application/json";
    reply.body = json;
    reply.len = n < 0 ? 0 : (size_t)n;
    return reply_send(conn, reply);
}

void http_end(struct conn *conn)
{
    if (conn->kind == CONN_REPLY)
        release(&conn->reply);
    else if (conn->joined && conn->kind == CONN_EDIT)
        session_finish(&conn->edit.session);
    else if (conn->joined && conn->kind == CONN_EVENTS)
        session_finish(&conn->events.session);
    conn->joined = false;
    conn->kind = CONN_HTTP;
    conn->deadline_us = 0;
}
