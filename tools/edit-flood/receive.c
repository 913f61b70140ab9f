/* SPDX-License-Identifier: ISC */
/*
 * receive: see receive.h. A read that does not fill the buffer has emptied the socket and needs no
 * second one. All connections read into one buffer; only what is unfinished is kept.
 */
#include "receive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conn.h"

enum {
    ANSWER_BYTES_MAX = 4096, /* of the head that answers the upgrade */
};

static void take_message(struct flood *flood, struct conn *conn, uint8_t opcode,
                         const uint8_t *payload, size_t len)
{
    if (opcode == WIRE_BINARY)
        flood->handlers->frame(flood, conn, payload, len);
    else
        flood->handlers->text(flood, conn, payload, len);
}

static void take_fragment(struct flood *flood, struct conn *conn, const struct wire_head *head,
                          const uint8_t *payload)
{
    struct extra *extra = conn_extra(conn);
    size_t len = (size_t)head->len;
    bool begins = head->opcode != WIRE_CONTINUATION;
    if (!extra || begins == (extra->message_opcode != 0) ||
        extra->message_len + len > FRAME_BYTES_MAX) {
        conn_breach(flood, conn, "fragments in the wrong order, or too many");
        return;
    }
    if (begins)
        extra->message_opcode = head->opcode;
    uint8_t *message = realloc(extra->message, extra->message_len + len + 1);
    if (!message) {
        conn_end(flood, conn, CONN_END_LOST, 0);
        return;
    }
    if (len > 0)
        memcpy(message + extra->message_len, payload, len);
    extra->message = message;
    extra->message_len += len;
    if (!head->fin)
        return;
    uint8_t opcode = extra->message_opcode;
    size_t message_len = extra->message_len;
    extra->message = NULL;
    extra->message_len = 0;
    extra->message_opcode = 0;
    take_message(flood, conn, opcode, message, message_len);
    free(message);
}

static void take_frame(struct flood *flood, struct conn *conn, const struct wire_head *head,
                       const uint8_t *payload)
{
    uint8_t frame[WIRE_HEAD_MAX + WIRE_CONTROL_MAX];
    switch ((enum wire_opcode)head->opcode) {
    case WIRE_PING:
        conn_send(flood, conn, frame, wire_frame(frame, WIRE_PONG, payload, (size_t)head->len));
        break;
    case WIRE_PONG:
        break;
    case WIRE_CLOSE:
        conn_answer_close(flood, conn, payload, (size_t)head->len);
        break;
    case WIRE_TEXT:
    case WIRE_BINARY:
        if (head->fin && !(conn->extra && conn->extra->message_opcode != 0)) {
            take_message(flood, conn, head->opcode, payload, (size_t)head->len);
            break;
        }
        /* fall through */
    case WIRE_CONTINUATION:
        take_fragment(flood, conn, head, payload);
        break;
    }
}

/* All whole frames of len bytes. How many bytes were taken. */
static size_t take_frames(struct flood *flood, struct conn *conn, const uint8_t *bytes, size_t len)
{
    size_t at = 0;
    while (at < len && conn->state == CONN_OPEN) {
        struct wire_head head;
        enum wire_parse parsed = wire_head(bytes + at, len - at, &head);
        if (parsed == WIRE_MORE)
            break;
        if (parsed == WIRE_BAD || head.len > FRAME_BYTES_MAX) {
            conn_breach(flood, conn, "a frame that no server may send");
            break;
        }
        if (len - at - head.head_len < head.len)
            break;
        take_frame(flood, conn, &head, bytes + at + head.head_len);
        at += head.head_len + (size_t)head.len;
    }
    return at;
}

static size_t take_answer(struct flood *flood, struct conn *conn, const uint8_t *bytes, size_t len)
{
    size_t used = 0;
    int status;
    switch (wire_upgraded(bytes, len, &used, &status)) {
    case WIRE_UPGRADED:
        conn->state = CONN_OPEN;
        return used;
    case WIRE_UNFINISHED:
        if (len < ANSWER_BYTES_MAX)
            return 0;
        /* fall through */
    case WIRE_REFUSED:
        conn_explain(flood, conn, "no WebSocket, but status %d", status);
        conn_end(flood, conn, CONN_END_FAILED, 0);
        break;
    }
    return 0;
}

void receive_some(struct flood *flood, struct conn *conn, size_t limit)
{
    uint8_t *bytes = flood->receive;
    for (bool more = true; more && conn->fd >= 0;) {
        size_t len = conn->partial_len;
        if (len > 0) {
            memcpy(bytes, conn->partial, len);
            free(conn->partial);
            conn->partial = NULL;
            conn->partial_len = 0;
        }
        ssize_t n = conn_receive(conn, bytes + len, limit);
        int error = errno;
        if (n > 0) {
            len += (size_t)n;
            /* TLS hands out one record at a time: ask until it has no more. */
            more = (limit == RECEIVE_BYTES && (size_t)n == limit) ||
                   (conn->extra && conn->extra->tls && limit == RECEIVE_BYTES);
            if (conn->greeted) {
                conn->bytes += (uint64_t)n;
                stat_add(flood->stats, delivered_bytes, n);
            }
        } else {
            more = false;
        }
        size_t at = 0;
        if (conn->state == CONN_UPGRADING && n > 0)
            at = take_answer(flood, conn, bytes, len);
        if (conn->state == CONN_OPEN && n > 0)
            at += conn->polls ? flood->handlers->poller_take(flood, conn, bytes, len)
                              : take_frames(flood, conn, bytes + at, len - at);
        if (conn->fd < 0)
            return;
        if (at < len) {
            conn->partial = malloc(len - at);
            if (!conn->partial) {
                conn_end(flood, conn, CONN_END_LOST, 0);
                return;
            }
            memcpy(conn->partial, bytes + at, len - at);
            conn->partial_len = (uint32_t)(len - at);
        }
        if (n == 0 || (n < 0 && error != EAGAIN)) {
            if (!conn->greeted)
                conn_explain(flood, conn, "%s", n == 0 ? "ended before hello" : strerror(error));
            conn_end(flood, conn, conn->greeted ? CONN_END_LOST : CONN_END_FAILED, 0);
            return;
        }
    }
}
