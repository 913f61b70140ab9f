/* SPDX-License-Identifier: ISC */
/*
 * events: see events.h. A frame becomes event text once and is shared, as it is on the WebSockets.
 */
#include "api/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/canvas_path.h"
#include "core/base64.h"
#include "http/cors.h"
#include "http/form.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/who_asks.h"
#include "net/loop_state.h"

enum {
    QUIET_US = 15 * 1000 * 1000, /* then a comment is sent, so that nobody on the way gives up */
    EVENT_BYTES = 64 + BASE64_BYTES(3 * FRAME_EDITS_MAX), /* the longest frame as an event */
    VERSION_BYTES = 8,                                    /* before the edits of a frame */
    FROM_BYTES = 32,
    MESSAGE_BYTES = MESSAGE_JSON_BYTES + 96, /* the longest message as an event */
};

struct events {
    struct session session;
    struct http *http;
};

static struct http *http_of_session(struct session *session)
{
    return ((struct events *)session)->http;
}

/* One write; what does not fit waits in the http, and the session with it. */
static enum sent write_now(struct http *http, const char *text, size_t len)
{
    if (http->conn->dying)
        return SENT_GONE;
    if (reply_pending(http))
        return SENT_BUSY;
    if (reply_bytes(http, text, len) != 0) {
        conn_kill(http->conn);
        return SENT_GONE;
    }
    conn_set_deadline(http->conn, QUIET_US);
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
    char *data = text + head;
    data += base64_encode(data, frame->payload + VERSION_BYTES, frame->len - VERSION_BYTES);
    memcpy(data, "\n\n", 2);
    loop->events.len = (size_t)(data - text) + 2;
    loop->events.serial = frame->serial;
    return 0;
}

static enum sent send_frame(struct session *session, const struct frame *frame)
{
    struct http *http = http_of_session(session);
    struct loop *loop = http->conn->loop;
    if (encode(loop, frame) != 0) {
        conn_kill(http->conn);
        return SENT_GONE;
    }
    return write_now(http, loop->events.text, loop->events.len);
}

/* The message as an event; its length. */
static size_t encode_message(const struct message *message, char text[MESSAGE_BYTES])
{
    char json[MESSAGE_JSON_BYTES], id[48] = "";
    unsigned long long version = message->version;
    /* Where to resume, for a client that has seen no frame yet. */
    if (message->type == MESSAGE_HELLO)
        snprintf(id, sizeof id, "retry: 2000\nid: %llu\n", version);
    else if (message->type == MESSAGE_RESET)
        snprintf(id, sizeof id, "id: %llu\n", version);
    int len = (int)message_json(message, json);
    return (size_t)snprintf(text, MESSAGE_BYTES, "%sevent: %s\ndata: %.*s\n\n", id,
                            message_type_name(message->type), len, json);
}

static enum sent send_messages(struct session *session, const struct message *messages, size_t n)
{
    char text[SESSION_MESSAGES_MAX * MESSAGE_BYTES];
    size_t len = 0;
    for (size_t i = 0; i < n; i++)
        len += encode_message(&messages[i], text + len);
    return write_now(http_of_session(session), text, len);
}

/* An event stream has no codes: the browser comes back by itself with Last-Event-ID. */
static void send_close(struct session *session, unsigned code, const char *reason)
{
    conn_kill(http_of_session(session)->conn);
}

static const struct session_ops session_ops = {
    .frame = send_frame,
    .messages = send_messages,
    .close = send_close,
};

static void on_writable(struct conn *conn)
{
    struct http *http = http_of(conn);
    struct events *events = http->work;
    switch (reply_go_on(http)) {
    case 1:
        stream_watch(&http->stream, STREAM_REST);
        session_writable(&events->session);
        break;
    case 0:
        break;
    default:
        conn_kill(conn);
    }
}

/* Nothing was sent for a while. */
static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    conn_set_deadline(conn, QUIET_US);
    (void)write_now(http, ":\n\n", 3);
}

static void on_closed(struct conn *conn)
{
    struct http *http = http_of(conn);
    struct events *events = http->work;
    session_finish(&events->session);
    free(events);
    http_free(http);
}

/* Nothing is read while the stream runs: there is nothing that the client could say. */
static const struct conn_ops streaming_ops = {
    .writable = on_writable,
    .expired = on_expired,
    .closed = on_closed,
};

/* Where to begin: what the browser says at a reconnection wins over what the page said at first. */
static enum session_from read_from(const struct request *request, uint64_t *version)
{
    char value[FROM_BYTES];
    const char *last = request_field(request, "last-event-id");
    *version = 0;
    if (last)
        return session_parse_from(last, strlen(last), version);
    int len = form_get(request->query, request->query_len, "from", value, sizeof value);
    if (len < 0 && len != FORM_NONE)
        return FROM_GARBAGE;
    return session_parse_from(len < 0 ? NULL : value, len < 0 ? 0 : (size_t)len, version);
}

static void send_head(struct http *http)
{
    char head[1024];
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 200 OK\r\n"
                     "Content-Type: text/event-stream\r\n"
                     "Cache-Control: no-store\r\n"
                     "Connection: close\r\n"
                     "X-Accel-Buffering: no\r\n" /* nginx shall pass events on at once */
                     "X-Content-Type-Options: nosniff\r\n"
                     "%s"
                     "\r\n",
                     http->cors ? http->cors : "");
    if (n < 0 || n >= (int)sizeof head || write_now(http, head, (size_t)n) != SENT_OK)
        conn_kill(http->conn);
}

void events_get(struct http *http)
{
    struct loop *loop = http->conn->loop;
    uint64_t version;
    if (!cors_allows(http)) {
        reply_error(http, (struct reply){.status = 403}, "origin: not allowed");
        return;
    }
    struct canvas_place *place = canvas_path_find(http);
    struct visitor visitor;
    if (!place || !who_asks(http, &visitor) || !who_asks_counted(http))
        return;
    enum session_from from = read_from(&http->request, &version);
    struct events *events = calloc(1, sizeof *events);
    if (!events || loop->phase != LOOP_RUNS ||
        session_init(&events->session, loop->shard, place, &session_ops, &visitor, true, from,
                     version) != 0) {
        free(events);
        reply_error(http, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"}, "closed");
        return;
    }
    events->http = http;
    char value[FROM_BYTES];
    if (form_get(http->request.query, http->request.query_len, "companion", value, sizeof value) !=
        FORM_NONE)
        session_set_companion(&events->session);
    metric_add(loop->config.metrics, http_requests_total, 1);
    http_wait(http, &streaming_ops, events, QUIET_US);
    send_head(http);
    http_drop_input(http);
}
