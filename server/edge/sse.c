/* SPDX-License-Identifier: ISC */
/*
 * sse: GET /events, the canvas's edits as server-sent events for networks that block WebSockets. A
 * frame becomes event text once and is shared, as it is on the WebSockets.
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edge/handlers.h"
#include "edge/http.h"
#include "edge/loop_state.h"

enum {
    QUIET_US = 15 * 1000 * 1000, /* then a comment is sent, so that nobody on the way gives up */
    EVENT_BYTES = 64 + (3 * FRAME_EDITS_MAX + 2) / 3 * 4, /* the longest frame as an event */
    LAST_ID_BYTES = 32,
};

static struct conn *conn_of(struct session *session)
{
    return (struct conn *)((char *)session - offsetof(struct conn, events.session));
}

/* One write. While all is quiet nothing is read (see conn_pause); as long as the socket is full,
 * libwebsockets must poll it for room. */
static enum sent write_now(struct conn *conn, const char *text, size_t len)
{
    if (!conn->joined)
        return SENT_GONE;
    if (lws_partial_buffered(conn->wsi)) {
        conn_want_writable(conn);
        return SENT_BUSY;
    }
    /* HTTP/1.1 is written as it stands: nothing is put before the bytes, and they are not changed.
     */
    if (lws_write(conn->wsi, (unsigned char *)(uintptr_t)text, len, LWS_WRITE_HTTP) < 0) {
        conn_kill(conn);
        return SENT_GONE;
    }
    conn->events.wrote_us = env_now_us(conn->loop->config.env);
    if (lws_partial_buffered(conn->wsi))
        conn_want_writable(conn);
    return SENT_OK;
}

/* The frame as an event in loop->events. 0, or -1 when out of memory. */
static int encode(struct loop *loop, const struct frame *frame)
{
    if (loop->events.text && loop->events.serial == frame->serial)
        return 0;
    if (!loop->events.text)
        loop->events.text = malloc(EVENT_BYTES);
    char *text = loop->events.text;
    if (!text)
        return -1;
    int head = snprintf(text, EVENT_BYTES, "id: %llu\ndata: ", (unsigned long long)frame->version);
    int data = lws_b64_encode_string((const char *)frame->payload + 8, (int)frame->len - 8,
                                     text + head, EVENT_BYTES - head - 2);
    if (data < 0)
        return -1;
    memcpy(text + head + data, "\n\n", 2);
    loop->events.len = (size_t)head + (size_t)data + 2;
    loop->events.serial = frame->serial;
    return 0;
}

static enum sent send_frame(struct session *session, const struct frame *frame)
{
    struct conn *conn = conn_of(session);
    struct loop *loop = conn->loop;
    if (encode(loop, frame) != 0)
        return SENT_BUSY;
    return write_now(conn, loop->events.text, loop->events.len);
}

static enum sent send_message(struct session *session, const struct message *message)
{
    char text[128];
    int n;
    unsigned long long version = message->version;
    switch (message->type) {
    case MESSAGE_HELLO: /* so that a client that has seen no event yet knows where to resume */
        n = snprintf(text, sizeof text, "retry: 2000\nid: %llu\n\n", version);
        break;
    case MESSAGE_RESET:
        n = snprintf(text, sizeof text, "event: reset\nid: %llu\ndata: {\"version\":%llu}\n\n",
                     version, version);
        break;
    default:
        return SENT_OK; /* the rest is for those who also draw */
    }
    return write_now(conn_of(session), text, (size_t)n);
}

/* An event stream has no codes: the browser comes back by itself with Last-Event-ID. */
static void send_close(struct session *session, unsigned code, const char *reason)
{
    conn_kill(conn_of(session));
}

static const struct session_ops ops = {
    .frame = send_frame,
    .message = send_message,
    .close = send_close,
};

/* Where to begin: what the browser says at a reconnection wins over what the page said at first. */
static enum session_from read_from(struct conn *conn, uint64_t *version)
{
    static const char name[] = "last-event-id:";
    char value[HTTP_ARG_BYTES];
    if (lws_hdr_custom_length(conn->wsi, name, sizeof name - 1) > 0) {
        int len = lws_hdr_custom_copy(conn->wsi, value, LAST_ID_BYTES, name, sizeof name - 1);
        return len < 0 ? FROM_GARBAGE : session_parse_from(value, (size_t)len, version);
    }
    int len = http_arg(conn, "from", value);
    if (len == HTTP_ARG_BAD)
        return FROM_GARBAGE;
    return session_parse_from(len < 0 ? NULL : value, len < 0 ? 0 : (size_t)len, version);
}

int events_request(struct conn *conn)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: text/event-stream\r\n"
        "Cache-Control: no-store\r\n"
        "Connection: close\r\n"
        "X-Accel-Buffering: no\r\n" /* nginx shall pass events on at once */
        "X-Content-Type-Options: nosniff\r\n"
        "\r\n";
    struct loop *loop = conn->loop;
    uint64_t version;
    enum session_from from = read_from(conn, &version);
    memset(&conn->events, 0, sizeof conn->events);
    if (loop->phase != LOOP_RUNS ||
        session_init(&conn->events.session, loop->shard, loop->place, &ops, true, from, version) != 0)
        return reply_error(conn, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"},
                           "closed");
    conn->kind = CONN_EVENTS;
    conn->joined = true;
    conn->close = true;
    metric_add(loop->config.metrics, http_requests_total, 1);
    lws_set_timeout(conn->wsi, NO_PENDING_TIMEOUT, 0);
    if (write_now(conn, head, sizeof head - 1) != SENT_OK)
        return -1;
    lws_http_headers_detach(conn->wsi); /* some kB that a long-lived stream need not hold */
    if (!lws_partial_buffered(conn->wsi))
        conn_pause(conn);
    return 0;
}

int events_writable(struct conn *conn)
{
    if (!conn->joined)
        return -1;
    conn_pause(conn);
    session_writable(&conn->events.session);
    return 0;
}

void events_sweep(struct conn *conn, uint64_t now)
{
    if (now > conn->events.wrote_us + QUIET_US && !lws_partial_buffered(conn->wsi))
        write_now(conn, ":\n\n", 3);
}
