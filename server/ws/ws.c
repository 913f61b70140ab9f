/* SPDX-License-Identifier: ISC */
/*
 * ws: frames go out from the shard's turn, outside any callback, as long as the transport holds
 * nothing back for the socket; else the session waits until it is writable. Messages come in pieces
 * and are put together here, never longer than the protocol allows.
 *
 * Nobody is read less often for sending much: what comes too fast, or what the intake cannot take,
 * is refused, a client that does not read its refusals is closed, and what is not read yet stays in
 * the sender's kernel.
 */
#include "ws/ws.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "core/close.h"
#include "core/utf8.h"
#include "net/loop_state.h"
#include "ws/frame.h"

enum {
    TEXT_BYTES = 1024,          /* the longest text message */
    PARTIAL_BYTES = TEXT_BYTES, /* the longest message of all */
};

_Static_assert((int)SESSION_MESSAGE_BYTES <= (int)PARTIAL_BYTES, "a partial message fits");
_Static_assert((int)FRAME_HEADROOM >= (int)FRAME_HEADER_OURS_MAX,
               "its header fits before the payload");
_Static_assert((int)FRAME_TAILROOM >=
                   FRAME_MESSAGES_MAX * (FRAME_HEADER_OURS_MAX + MESSAGE_JSON_BYTES),
               "its messages fit after it");

static struct conn *conn_of(struct session *session)
{
    return (struct conn *)((char *)session - offsetof(struct conn, websocket.session));
}

/* One whole frame, if the session is still open. */
static enum sent send_whole(struct conn *conn, uint8_t *bytes, size_t len, bool more)
{
    static const enum sent sent[] = {
        [WEBSOCKET_OK] = SENT_OK, [WEBSOCKET_BUSY] = SENT_BUSY, [WEBSOCKET_GONE] = SENT_GONE};
    if (!conn->joined || conn->close_code)
        return SENT_GONE;
    return sent[websocket_send(conn, bytes, len, more)];
}

/* The frame and its messages as they go out, put around the payload once for all clients. */
static void encode(struct loop *loop, const struct frame *frame)
{
    uint8_t header[FRAME_HEADER_OURS_MAX];
    char json[MESSAGE_JSON_BYTES];
    size_t n = frame_header(header, FRAME_BINARY, frame->len);
    uint8_t *end = frame->payload + frame->len;
    loop->wire.serial = frame->serial;
    loop->wire.bytes = frame->payload - n;
    memcpy(loop->wire.bytes, header, n);
    for (size_t i = 0; i < frame->n_messages; i++) {
        size_t len = message_json(&frame->messages[i], json);
        end += frame_header(end, FRAME_TEXT, len);
        memcpy(end, json, len);
        end += len;
    }
    loop->wire.len = (size_t)(end - loop->wire.bytes);
}

static enum sent send_frame(struct session *session, const struct frame *frame)
{
    struct conn *conn = conn_of(session);
    struct loop *loop = conn->loop;
    if (loop->wire.serial != frame->serial)
        encode(loop, frame);
    return send_whole(conn, loop->wire.bytes, loop->wire.len, false);
}

static enum sent send_messages(struct session *session, const struct message *messages, size_t n)
{
    char json[MESSAGE_JSON_BYTES];
    uint8_t frames[SESSION_MESSAGES_MAX * (FRAME_HEADER_OURS_MAX + MESSAGE_JSON_BYTES)];
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = message_json(&messages[i], json);
        at += frame_header(frames + at, FRAME_TEXT, len);
        memcpy(frames + at, json, len);
        at += len;
    }
    return send_whole(conn_of(session), frames, at, false);
}

static void prefetch_send(struct session *session)
{
    websocket_prefetch(conn_of(session));
}

/* It goes with the next frame, in one packet; when none comes the kernel sends it after 200 ms. Of
 * one byte: libwebsockets does not report an empty pong. */
static enum sent send_ping(struct session *session)
{
    uint8_t ping[FRAME_HEADER_OURS_MAX + 1];
    size_t at = frame_header(ping, FRAME_PING, 1);
    ping[at] = 0;
    return send_whole(conn_of(session), ping, at + 1, true);
}

/* When the server ends, the close frame goes out at once. */
static void send_close(struct session *session, unsigned code, const char *reason)
{
    struct conn *conn = conn_of(session);
    uint8_t frame[FRAME_HEADER_OURS_MAX + FRAME_CONTROL_MAX];
    size_t len = strlen(reason);
    if (conn->loop->phase == LOOP_CLOSES && len <= FRAME_CONTROL_MAX - 2) {
        size_t at = frame_header(frame, FRAME_CLOSE, 2 + len);
        frame[at++] = (uint8_t)(code >> 8);
        frame[at++] = (uint8_t)code;
        memcpy(frame + at, reason, len);
        if (websocket_say_goodbye(conn, frame, at + len, code))
            return;
    }
    websocket_close(conn, code, reason);
}

static const struct session_ops ops = {
    .frame = send_frame,
    .messages = send_messages,
    .prefetch = prefetch_send,
    .ping = send_ping,
    .pongs = true,
    .close = send_close,
};

/* Leave the shard. As often as you like. */
static void ended(struct conn *conn)
{
    free(conn->websocket.partial);
    conn->websocket.partial = NULL;
    if (!conn->joined)
        return;
    conn->joined = false;
    session_finish(&conn->websocket.session);
}

/* The client broke the protocol. */
static void fault(struct conn *conn, unsigned code, const char *reason)
{
    metric_add(conn->loop->config.metrics, protocol_errors_total, 1);
    websocket_close(conn, code, reason);
    ended(conn);
}

void ws_begin(struct conn *conn, struct canvas_place *place, const struct visitor *visitor,
              enum session_from from, uint64_t version, bool companion, bool early)
{
    memset(&conn->websocket, 0, sizeof conn->websocket);
    conn->websocket.session.visitor = *visitor; /* kept here until the session begins */
    conn->websocket.place = place;
    conn->websocket.from = (uint8_t)from;
    conn->websocket.version = version;
    conn->websocket.companion = companion;
    conn->websocket.early = early;
}

/* The session begins, and its hello goes out with the answer to the upgrade. JSON allows the white
 * space that ends it. */
static size_t answer(struct conn *conn, uint8_t *frame, size_t room)
{
    static const size_t end = 2; /* of the frame, which the transport adds */
    struct conn_ws *ws = &conn->websocket;
    struct visitor visitor = ws->session.visitor;
    if (conn->over_limit || session_init(&ws->session, conn->loop->shard, ws->place, &ops, &visitor,
                                         true, (enum session_from)ws->from, ws->version) != 0)
        return 0; /* opened() says so */
    conn->joined = true;
    if (ws->companion)
        session_set_companion(&ws->session);
    if (room < FRAME_HEADER_OURS_MAX + MESSAGE_JSON_BYTES)
        return 0;
    char json[MESSAGE_JSON_BYTES];
    size_t len = session_take_hello(&ws->session, json),
           at = frame_header(frame, FRAME_TEXT, len + end);
    memcpy(frame + at, json, len);
    return at + len;
}

static void opened(struct conn *conn)
{
    if (!conn->joined)
        websocket_close(conn, CLOSE_NO_ROOM, "too many connections");
    else if (conn->websocket.early) /* RFC 6455 forbids it */
        fault(conn, CLOSE_PROTOCOL, "data before the upgrade was answered");
}

static void heard(struct conn *conn)
{
    if (conn->joined)
        session_heard(&conn->websocket.session);
}

static void on_writable(struct conn *conn)
{
    if (conn->joined)
        session_writable(&conn->websocket.session);
}

static void take_text(struct conn *conn, const uint8_t *bytes, size_t len)
{
    if (len == 0 || memchr(bytes, '\0', len) || !utf8_valid(bytes, len)) {
        fault(conn, CLOSE_BAD_DATA, "text is not UTF-8, or none");
        return;
    }
    /* A copy with a NUL behind it, so that "whole" can be asked for. */
    char text[TEXT_BYTES + 1];
    memcpy(text, bytes, len);
    text[len] = '\0';
    cJSON *json = cJSON_ParseWithLengthOpts(text, len + 1, NULL, true);
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "type"));
    if (!cJSON_IsObject(json))
        fault(conn, CLOSE_BAD_DATA, "text is not a JSON object");
    else if (!type || strcmp(type, "energy") != 0)
        fault(conn, CLOSE_POLICY, "unknown type");
    else
        session_ask_energy(&conn->websocket.session);
    cJSON_Delete(json);
}

static void take_message(struct conn *conn, bool binary, const uint8_t *bytes, size_t len)
{
    session_heard(&conn->websocket.session);
    if (!binary) {
        take_text(conn, bytes, len);
        return;
    }
    unsigned code = session_message(&conn->websocket.session, bytes, len);
    if (code != 0)
        fault(conn, code, "bad message of edits");
}

/* Keep a piece of a message until the rest is there. 0, or -1 when it is being closed instead. */
static int keep(struct conn *conn, const uint8_t *bytes, size_t len)
{
    struct conn_ws *ws = &conn->websocket;
    if (!ws->partial)
        ws->partial = malloc(PARTIAL_BYTES);
    if (!ws->partial) {
        websocket_close(conn, CLOSE_NO_ROOM, "out of memory");
        ended(conn);
        return -1;
    }
    if (len > 0)
        memcpy(ws->partial + ws->partial_len, bytes, len);
    ws->partial_len = (uint16_t)(ws->partial_len + len);
    return 0;
}

static void received(struct conn *conn, const struct websocket_piece *piece)
{
    if (!conn->joined)
        return; /* it is being closed */
    struct conn_ws *ws = &conn->websocket;
    size_t limit = piece->binary ? SESSION_MESSAGE_BYTES : TEXT_BYTES;
    if (piece->first) {
        ws->partial_len = 0;
        if (piece->len > 0 && frame_unmasked(piece->bytes, (uint64_t)piece->len + piece->more,
                                             piece->binary ? FRAME_BINARY : FRAME_TEXT)) {
            fault(conn, CLOSE_PROTOCOL, "frame without a mask");
            return;
        }
    }
    if (piece->more > limit || ws->partial_len + piece->len + piece->more > limit) {
        fault(conn, CLOSE_TOO_BIG, "message too long");
        return;
    }
    if (piece->last && ws->partial_len == 0) {
        take_message(conn, piece->binary, piece->bytes, piece->len);
        return;
    }
    if (keep(conn, piece->bytes, piece->len) != 0 || !piece->last)
        return;
    uint8_t *message = ws->partial;
    size_t message_len = ws->partial_len;
    ws->partial = NULL;
    ws->partial_len = 0;
    take_message(conn, piece->binary, message, message_len);
    free(message);
}

const struct websocket_ops ws_ops = {
    .conn = {.writable = on_writable},
    .answer = answer,
    .opened = opened,
    .received = received,
    .heard = heard,
    .ended = ended,
};
