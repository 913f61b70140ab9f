/* SPDX-License-Identifier: ISC */
/*
 * ws: frames go out with one plain send from the shard's turn, outside any callback, as long as
 * libwebsockets holds nothing back for the socket; else the session waits for WRITEABLE.
 * Messages come in pieces and are put together here, never longer than the protocol allows.
 *
 * There is no cap on the rate of messages: what the intake cannot take it refuses, a client that
 * does not read its refusals is closed, and what is not read yet stays in the sender's kernel.
 */
#include "edge/ws.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/close.h"
#include "edge/early.h"
#include "edge/http.h"
#include "edge/loop_state.h"
#include "edge/parse.h"

enum {
    TEXT_BYTES = 1024,          /* the longest text message */
    PARTIAL_BYTES = TEXT_BYTES, /* the longest message of all */
    CLOSE_SECONDS = 5,          /* for a close frame to find room in the socket */
    HEADER_MAX = 10, /* of a frame that we send */
    FIN = 0x80,
    OPCODE_TEXT = 1,
    OPCODE_BINARY = 2,
    OPCODE_CLOSE = 8,
    OPCODE_PING = 9,
    MASKED_HEADER_MIN = 2 + 4,
    CONTROL_MAX = 125, /* bytes of a close frame's payload */
    WSI_BUFLIST_OUT = 0x2d0, /* see prefetch_send */
};

_Static_assert((int)SESSION_MESSAGE_BYTES <= (int)PARTIAL_BYTES, "a partial message fits");
_Static_assert((int)FRAME_HEADROOM >= (int)HEADER_MAX, "its header fits before the payload");
_Static_assert((int)FRAME_TAILROOM >= FRAME_MESSAGES_MAX * (HEADER_MAX + MESSAGE_JSON_BYTES),
               "its messages fit after it");

static struct conn *conn_of(struct session *session)
{
    return (struct conn *)((char *)session - offsetof(struct conn, ws.session));
}

/* May something be sent now? Not while the transport has something left from before. */
static enum sent ready(struct conn *conn)
{
    if (!conn->joined || conn->close_code)
        return SENT_GONE;
    if (!lws_partial_buffered(conn->wsi))
        return SENT_OK;
    lws_callback_on_writable(conn->wsi);
    return SENT_BUSY;
}

/* Straight to the socket or to its TLS: libwebsockets would touch more memory of the connection,
 * cold for every client of a tick. What is not taken goes to libwebsockets, which sends it before
 * anything else; TLS, which has made a record of it already, is offered the same bytes again. Only
 * when ready. */
static enum sent put(struct conn *conn, uint8_t *bytes, size_t len, int flags)
{
    ssize_t n;
    if (conn->fd >= 0) {
        n = send(conn->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL | flags);
        if (n < 0 && errno == EAGAIN) {
            lws_callback_on_writable(conn->wsi);
            return SENT_BUSY;
        }
    } else {
        n = SSL_write(lws_get_ssl(conn->wsi), bytes, (int)len);
    }
    if (n == (ssize_t)len)
        return SENT_OK;
    if (n > 0) {
        bytes += n;
        len -= (size_t)n;
    }
    if (lws_write(conn->wsi, bytes, len, LWS_WRITE_RAW) < 0) {
        conn_kill(conn);
        return SENT_GONE;
    }
    return SENT_OK;
}

/* A frame's header of RFC 6455: whole, unmasked. Its length. */
static size_t put_header(uint8_t header[HEADER_MAX], uint8_t opcode, size_t len)
{
    header[0] = FIN | opcode;
    if (len < 126) {
        header[1] = (uint8_t)len;
        return 2;
    }
    bool wide = len > UINT16_MAX;
    size_t n = wide ? 8 : 2;
    header[1] = wide ? 127 : 126;
    for (size_t i = 0; i < n; i++)
        header[2 + i] = (uint8_t)((uint64_t)len >> 8 * (n - 1 - i));
    return 2 + n;
}

/* The frame and its messages as they go out, put around the payload once for all clients. */
static void encode(struct loop *loop, const struct frame *frame)
{
    uint8_t header[HEADER_MAX];
    char json[MESSAGE_JSON_BYTES];
    size_t n = put_header(header, OPCODE_BINARY, frame->len);
    uint8_t *end = frame->payload + frame->len;
    loop->wire.serial = frame->serial;
    loop->wire.bytes = frame->payload - n;
    memcpy(loop->wire.bytes, header, n);
    for (size_t i = 0; i < frame->n_messages; i++) {
        size_t len = message_json(&frame->messages[i], json);
        end += put_header(end, OPCODE_TEXT, len);
        memcpy(end, json, len);
        end += len;
    }
    loop->wire.len = (size_t)(end - loop->wire.bytes);
}

static enum sent send_frame(struct session *session, const struct frame *frame)
{
    struct conn *conn = conn_of(session);
    struct loop *loop = conn->loop;
    enum sent sent = ready(conn);
    if (sent != SENT_OK)
        return sent;
    if (loop->wire.serial != frame->serial)
        encode(loop, frame);
    return put(conn, loop->wire.bytes, loop->wire.len, 0);
}

static enum sent send_message(struct session *session, const struct message *message)
{
    struct conn *conn = conn_of(session);
    enum sent sent = ready(conn);
    if (sent != SENT_OK)
        return sent;
    char json[MESSAGE_JSON_BYTES];
    uint8_t frame[HEADER_MAX + MESSAGE_JSON_BYTES];
    size_t len = message_json(message, json), at = put_header(frame, OPCODE_TEXT, len);
    memcpy(frame + at, json, len);
    return put(conn, frame, at + len, 0);
}

/* lws_partial_buffered looks at one place of libwebsockets' object, as cold as the rest. In another
 * version than 4.1 it is elsewhere, and this fetches for nothing; nothing else depends on it. */
static void prefetch_send(struct session *session)
{
    __builtin_prefetch((const char *)conn_of(session)->wsi + WSI_BUFLIST_OUT);
}

/* With MSG_MORE it goes with the next frame, in one packet; when none comes the kernel sends it
 * after 200 ms. */
static enum sent send_ping(struct session *session)
{
    struct conn *conn = conn_of(session);
    uint8_t ping[HEADER_MAX + 1]; /* of one byte: lws does not tell of an empty pong */
    size_t at = put_header(ping, OPCODE_PING, 1);
    ping[at] = 0;
    enum sent sent = ready(conn);
    return sent == SENT_OK ? put(conn, ping, at + 1, MSG_MORE) : sent;
}

/* The close frame goes out from WRITEABLE; a socket in which there is no room for it is cut. */
static void close_later(struct conn *conn, unsigned code, const char *reason)
{
    if (conn->close_code)
        return;
    conn->close_code = (uint16_t)code;
    conn->close_reason = reason;
    lws_set_timeout(conn->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_SECONDS);
    lws_callback_on_writable(conn->wsi);
}

/* The server ends: the close frame goes out at once, and that was the last of it. Left to
 * libwebsockets, each of 18,000 goodbyes sets two time-outs in a sorted list that it walks along:
 * 15 s. False: there is no room for it now. */
static bool say_goodbye(struct conn *conn, unsigned code, const char *reason)
{
    uint8_t frame[HEADER_MAX + CONTROL_MAX];
    size_t len = strlen(reason);
    if (len > CONTROL_MAX - 2 || ready(conn) != SENT_OK)
        return false;
    size_t at = put_header(frame, OPCODE_CLOSE, 2 + len);
    frame[at++] = (uint8_t)(code >> 8);
    frame[at++] = (uint8_t)code;
    memcpy(frame + at, reason, len);
    conn->close_code = (uint16_t)code;
    conn->close_reason = reason;
    if (lws_write(conn->wsi, frame, at + len, LWS_WRITE_RAW) < 0)
        conn_kill(conn);
    else if (!lws_partial_buffered(conn->wsi))
        shutdown((int)lws_get_socket_fd(conn->wsi), SHUT_WR);
    return true;
}

static void send_close(struct session *session, unsigned code, const char *reason)
{
    struct conn *conn = conn_of(session);
    if (conn->loop->phase != LOOP_CLOSES || !say_goodbye(conn, code, reason))
        close_later(conn, code, reason);
}

static const struct session_ops ops = {
    .frame = send_frame,
    .message = send_message,
    .prefetch = prefetch_send,
    .ping = send_ping,
    .pongs = true,
    .close = send_close,
};

/* The client broke the protocol. */
static int fault(struct conn *conn, unsigned code, const char *reason)
{
    metric_add(conn->loop->config.metrics, protocol_errors_total, 1);
    close_later(conn, code, reason);
    ws_finish(conn);
    return 0;
}

int ws_request(struct conn *conn)
{
    char value[HTTP_ARG_BYTES];
    http_leave(conn);
    memset(&conn->ws, 0, sizeof conn->ws);
    conn->kind = CONN_WS;
    conn->fd = -1;
    conn->loop->n_ws++;
    int len = http_arg(conn, "from", value);
    conn->ws.from = len == HTTP_ARG_BAD
                        ? FROM_GARBAGE
                        : session_parse_from(len < 0 ? NULL : value, len < 0 ? 0 : (size_t)len,
                                             &conn->ws.version);
    return 0;
}

/* The hello goes out in the same send as the answer to the upgrade: a packet costs as much as
 * every other step of a handshake. libwebsockets lets us append headers and then ends them; so we
 * end them ourselves, and what it appends is the last of the hello's text, where JSON allows white
 * space. */
int ws_answer(struct conn *conn, struct lws_process_html_args *answer)
{
    static const char end_of_headers[] = {'\r', '\n'};
    uint64_t version = conn->ws.version;
    enum session_from from = conn->ws.from;
    if (conn->over_limit ||
        session_init(&conn->ws.session, conn->loop->shard, conn->loop->place, &ops, true, from, version) != 0)
        return 0; /* ws_begin tells it */
    conn->joined = true;
    conn->ws.may_be_early = early_received((int)lws_get_socket_fd(conn->wsi), &conn->ws.received);
    if (answer->max_len < (int)(2 * sizeof end_of_headers + HEADER_MAX + MESSAGE_JSON_BYTES))
        return 0;
    char json[MESSAGE_JSON_BYTES];
    struct message hello = session_take_hello(&conn->ws.session);
    size_t len = message_json(&hello, json);
    uint8_t *p = (uint8_t *)answer->p;
    memcpy(p, end_of_headers, sizeof end_of_headers);
    p += sizeof end_of_headers;
    p += put_header(p, OPCODE_TEXT, len + sizeof end_of_headers);
    memcpy(p, json, len);
    answer->p = (char *)p + len;
    return 0;
}

int ws_begin(struct conn *conn)
{
    if (!conn->joined) {
        close_later(conn, CLOSE_NO_ROOM, "too many connections");
        return 0;
    }
    conn->fd = lws_is_ssl(conn->wsi) ? -1 : (int)lws_get_socket_fd(conn->wsi);
    return 0;
}

void ws_finish(struct conn *conn)
{
    free(conn->ws.partial);
    conn->ws.partial = NULL;
    if (!conn->joined)
        return;
    conn->joined = false;
    session_finish(&conn->ws.session);
}

void ws_pong(struct conn *conn)
{
    if (conn->joined)
        session_heard(&conn->ws.session);
}

int ws_writable(struct conn *conn)
{
    if (conn->close_code) {
        ws_finish(conn);
        lws_close_reason(conn->wsi, (enum lws_close_status)conn->close_code,
                         (unsigned char *)(uintptr_t)conn->close_reason,
                         strlen(conn->close_reason));
        return -1;
    }
    if (conn->joined)
        session_writable(&conn->ws.session);
    return 0;
}

static int take_text(struct conn *conn, const uint8_t *bytes, size_t len)
{
    if (len == 0 || memchr(bytes, '\0', len) || !parse_is_utf8(bytes, len))
        return fault(conn, CLOSE_BAD_DATA, "text is not UTF-8, or none");
    /* A copy with a NUL behind it, so that "whole" can be asked for. */
    char text[TEXT_BYTES + 1];
    memcpy(text, bytes, len);
    text[len] = '\0';
    cJSON *json = cJSON_ParseWithLengthOpts(text, len + 1, NULL, true);
    if (!cJSON_IsObject(json)) {
        cJSON_Delete(json);
        return fault(conn, CLOSE_BAD_DATA, "text is not a JSON object");
    }
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "type"));
    bool energy = type && strcmp(type, "energy") == 0;
    cJSON_Delete(json);
    if (!energy)
        return fault(conn, CLOSE_POLICY, "unknown type");
    session_ask_energy(&conn->ws.session);
    return 0;
}

static int take_message(struct conn *conn, bool binary, const uint8_t *bytes, size_t len)
{
    session_heard(&conn->ws.session);
    if (!binary)
        return take_text(conn, bytes, len);
    unsigned code = session_message(&conn->ws.session, bytes, len);
    return code == 0 ? 0 : fault(conn, code, "bad message of edits");
}

/* Keep a piece of a message until the rest is there. 0, or -1 when it is being closed instead. */
static int keep(struct conn *conn, const uint8_t *bytes, size_t len)
{
    struct conn_ws *ws = &conn->ws;
    if (!ws->partial)
        ws->partial = malloc(PARTIAL_BYTES);
    if (!ws->partial) {
        close_later(conn, CLOSE_NO_ROOM, "out of memory");
        ws_finish(conn);
        return -1;
    }
    if (len > 0)
        memcpy(ws->partial + ws->partial_len, bytes, len);
    ws->partial_len = (uint16_t)(ws->partial_len + len);
    return 0;
}

/* Was this, the first that came, there before the upgrade was answered? RFC 6455 forbids it, and
 * libwebsockets 4.1 has written its answer over it. */
static bool is_early(const struct conn *conn, size_t len)
{
    uint32_t received;
    return early_received((int)lws_get_socket_fd(conn->wsi), &received) &&
           received - conn->ws.received < len + MASKED_HEADER_MIN;
}

int ws_receive(struct conn *conn, const uint8_t *bytes, size_t len)
{
    if (!conn->joined)
        return 0; /* it is being closed */
    struct conn_ws *ws = &conn->ws;
    if (ws->may_be_early && is_early(conn, len))
        return fault(conn, CLOSE_PROTOCOL, "data before the upgrade was answered");
    ws->may_be_early = false;
    bool binary = lws_frame_is_binary(conn->wsi);
    size_t limit = binary ? SESSION_MESSAGE_BYTES : TEXT_BYTES;
    size_t more = lws_remaining_packet_payload(conn->wsi); /* of this frame; any number */
    if (lws_is_first_fragment(conn->wsi)) {
        ws->partial_len = 0;
        if (len > 0 &&
            parse_frame_unmasked(bytes, (uint64_t)len + more, binary ? OPCODE_BINARY : OPCODE_TEXT))
            return fault(conn, CLOSE_PROTOCOL, "frame without a mask");
    }
    if (more > limit || ws->partial_len + len + more > limit)
        return fault(conn, CLOSE_TOO_BIG, "message too long");
    bool whole = lws_is_final_fragment(conn->wsi);
    if (whole && ws->partial_len == 0)
        return take_message(conn, binary, bytes, len);
    if (keep(conn, bytes, len) != 0 || !whole)
        return 0;
    uint8_t *message = ws->partial;
    size_t message_len = ws->partial_len;
    ws->partial = NULL;
    ws->partial_len = 0;
    int result = take_message(conn, binary, message, message_len);
    free(message);
    return result;
}
