/* SPDX-License-Identifier: ISC */
/*
 * websocket: see websocket.h. Requests are read by ourselves (see http/). When one is a good
 * upgrade, its plain socket is handed to libwebsockets together with a head that says the same in
 * few words; over TLS, where it owns the connection, libwebsockets reads the client's own head.
 * From then on it reads the frames, while ours go straight to the socket or to its TLS.
 */
#include "net/websocket.h"

#include <errno.h>
#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "net/conn.h"
#include "net/loop_state.h"
#include "net/stream.h"
#include "net/tls.h"

enum {
    /* A WebSocket's own buffer, for control frames; also the greatest piece of a message that is
     * handed on at once. */
    RX_BYTES = 256,
    TX_BYTES = 128 * 1024,   /* the longest write: a frame (63 kB) */
    CLOSE_SECONDS = 5,       /* for a close frame to find room in the socket */
    READ_TURNS = 5,          /* for the longest record of a head */
    WSI_BUFLIST_OUT = 0x2d0, /* see websocket_prefetch */
};

static const struct websocket_ops *ops_of(const struct conn *conn)
{
    return conn->loop->config.websocket;
}

/* ---- sending */

static void kill_later(struct conn *conn)
{
    lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    lws_cancel_service(conn->loop->lws); /* so that the timeout is looked at in this turn */
}

/* Straight to the socket or to its TLS: libwebsockets would touch more memory of the connection,
 * cold for every client of a tick. What is not taken goes to libwebsockets, which sends it before
 * anything else; TLS, which has made a record of it already, is offered the same bytes again. */
enum websocket_sent websocket_send(struct conn *conn, uint8_t *bytes, size_t len, bool more)
{
    ssize_t n;
    if (lws_partial_buffered(conn->wsi)) { /* something is left from before */
        lws_callback_on_writable(conn->wsi);
        return WEBSOCKET_BUSY;
    }
    if (conn->fd >= 0) {
        n = send(conn->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0));
        if (n < 0 && errno == EAGAIN) {
            lws_callback_on_writable(conn->wsi);
            return WEBSOCKET_BUSY;
        }
    } else {
        n = SSL_write(lws_get_ssl(conn->wsi), bytes, (int)len);
    }
    if (n == (ssize_t)len)
        return WEBSOCKET_OK;
    if (n > 0) {
        bytes += n;
        len -= (size_t)n;
    }
    if (lws_write(conn->wsi, bytes, len, LWS_WRITE_RAW) < 0) {
        kill_later(conn);
        return WEBSOCKET_GONE;
    }
    return WEBSOCKET_OK;
}

/* lws_partial_buffered looks at one place of libwebsockets' object, as cold as the rest. In another
 * version than 4.1 it is elsewhere, and this fetches for nothing; nothing else depends on it. */
void websocket_prefetch(const struct conn *conn)
{
    __builtin_prefetch((const char *)conn->wsi + WSI_BUFLIST_OUT);
}

/* The close frame goes out from WRITEABLE; a socket in which there is no room for it is cut. */
void websocket_close(struct conn *conn, unsigned code, const char *reason)
{
    if (conn->close_code || !conn->wsi)
        return;
    conn->close_code = (uint16_t)code;
    conn->close_reason = reason;
    lws_set_timeout(conn->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_SECONDS);
    lws_callback_on_writable(conn->wsi);
}

/* Left to libwebsockets, each of 18,000 close frames sets two time-outs in a sorted list that it
 * walks along: 15 s. */
bool websocket_say_goodbye(struct conn *conn, uint8_t *frame, size_t len, unsigned code)
{
    if (conn->close_code || !conn->wsi || lws_partial_buffered(conn->wsi))
        return false;
    conn->close_code = (uint16_t)code;
    conn->close_reason = "";
    if (lws_write(conn->wsi, frame, len, LWS_WRITE_RAW) < 0)
        kill_later(conn);
    else if (!lws_partial_buffered(conn->wsi))
        shutdown((int)lws_get_socket_fd(conn->wsi), SHUT_WR);
    return true;
}

/* ---- events */

static int on_writable(struct conn *conn)
{
    if (conn->close_code) {
        ops_of(conn)->ended(conn);
        lws_close_reason(conn->wsi, (enum lws_close_status)conn->close_code,
                         (unsigned char *)(uintptr_t)conn->close_reason,
                         strlen(conn->close_reason));
        return -1;
    }
    ops_of(conn)->conn.writable(conn);
    return 0;
}

static void on_receive(struct conn *conn, const uint8_t *bytes, size_t len)
{
    struct websocket_piece piece = {
        .bytes = bytes,
        .len = len,
        .more = lws_remaining_packet_payload(conn->wsi),
        .binary = lws_frame_is_binary(conn->wsi),
        .first = lws_is_first_fragment(conn->wsi),
        .last = lws_is_final_fragment(conn->wsi),
    };
    ops_of(conn)->received(conn, &piece);
}

/* The first frame goes out in the same send as the answer to the upgrade: a packet costs as much as
 * every other step of a handshake. libwebsockets lets us append headers and then ends them; so we
 * end them ourselves, and what it appends becomes the last two bytes of the frame. */
static void on_answer(struct conn *conn, struct lws_process_html_args *answer)
{
    static const char end_of_headers[] = {'\r', '\n'};
    if (answer->max_len < (int)(2 * sizeof end_of_headers))
        return;
    uint8_t *frame = (uint8_t *)answer->p + sizeof end_of_headers;
    size_t len =
        ops_of(conn)->answer(conn, frame, (size_t)answer->max_len - 2 * sizeof end_of_headers);
    if (len == 0)
        return;
    memcpy(answer->p, end_of_headers, sizeof end_of_headers);
    answer->p = (char *)frame + len;
}

/* libwebsockets frees its object. */
static void on_destroy(struct conn *conn)
{
    conn->wsi = NULL;
    if (conn->ws)
        ops_of(conn)->ended(conn);
    if (conn->stream) {
        conn->stream->ssl = NULL;
        conn->stream->fd = -1;
    }
    conn_kill(conn);
}

static int on_conn_event(struct conn *conn, enum lws_callback_reasons reason, void *in, size_t len)
{
    if (reason == LWS_CALLBACK_WSI_DESTROY) {
        on_destroy(conn);
        return 0;
    }
    if (!conn->ws) /* its HTTP is ours; nothing of it shall ever be answered from here */
        return reason == LWS_CALLBACK_HTTP || reason == LWS_CALLBACK_HTTP_CONFIRM_UPGRADE ? -1 : 0;
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return -1; /* it did not understand the upgrade */
    case LWS_CALLBACK_ADD_HEADERS:
        on_answer(conn, in);
        return 0;
    case LWS_CALLBACK_ESTABLISHED:
        conn->fd = lws_is_ssl(conn->wsi) ? -1 : (int)lws_get_socket_fd(conn->wsi);
        ops_of(conn)->opened(conn);
        return 0;
    case LWS_CALLBACK_RECEIVE:
        on_receive(conn, in, len);
        return 0;
    case LWS_CALLBACK_RECEIVE_PONG:
        ops_of(conn)->heard(conn);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return on_writable(conn);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL: /* it begins to close: no more frames */
    case LWS_CALLBACK_CLOSED:                  /* may come without ESTABLISHED */
        ops_of(conn)->ended(conn);
        return 0;
    default:
        return 0;
    }
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    struct loop *loop = wsi ? lws_context_user(lws_get_context(wsi)) : NULL;
    switch (reason) {
    case LWS_CALLBACK_RAW_ADOPT:
        return -1;
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS: /* where the SSL_CTX is handed out */
        tls_keep(loop, user);
        return 0;
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        if (loop->adopting) {
            lws_set_opaque_user_data(wsi, loop->adopting);
            loop->adopting->wsi = wsi;
        }
        return 0;
    default:
        break;
    }
    struct conn *conn = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    return conn ? on_conn_event(conn, reason, in, len) : 0;
}

static const struct lws_protocols protocols[] = {
    {
        .name = PROTOCOL_NAME,
        .callback = on_event,
        .per_session_data_size = 1, /* without any, libwebsockets leaves out DROP_PROTOCOL */
        .rx_buffer_size = RX_BYTES,
        .tx_packet_size = TX_BYTES,
    },
    {.name = NULL},
};
const struct lws_protocols *const websocket_protocols = protocols;

/* ---- taking over sockets */

static void service(struct conn *conn)
{
    struct lws_pollfd poll = {.fd = conn->wsi ? (int)lws_get_socket_fd(conn->wsi) : -1,
                              .events = LWS_POLLIN,
                              .revents = LWS_POLLIN};
    if (poll.fd >= 0)
        (void)lws_service_fd(conn->loop->lws, &poll);
}

static void let_read(struct conn *conn, bool on)
{
    lws_rx_flow_control(conn->wsi,
                        LWS_RXFLOW_REASON_USER_BOOL | LWS_RXFLOW_REASON_FLAG_PROCESS_NOW |
                            (on ? LWS_RXFLOW_REASON_APPLIES_ENABLE : LWS_RXFLOW_REASON_APPLIES));
}

static int open_tls(struct conn *conn)
{
    struct loop *loop = conn->loop;
    lws_adopt_desc_t desc = {
        .vh = loop->tls_vhost,
        .type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL,
        .fd.sockfd = conn->stream->fd,
        .opaque = conn,
    };
    loop->adopting = conn;
    struct lws *wsi = lws_adopt_descriptor_vhost_via_info(&desc);
    loop->adopting = NULL;
    if (!wsi || !conn->wsi) { /* its socket is closed */
        conn->stream->fd = -1;
        conn->stream->ssl = NULL;
        return -1;
    }
    lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0); /* the deadline is ours */
    lws_http_headers_detach(wsi);                /* some kB that it does not need yet */
    let_read(conn, false);
    conn->stream->ssl = lws_get_ssl(wsi);
    return 0;
}

static void close_tls(struct conn *conn)
{
    struct lws *wsi = conn->wsi;
    conn->wsi = NULL;
    lws_set_opaque_user_data(wsi, NULL);
    SSL_set_quiet_shutdown(conn->stream->ssl, 1); /* the goodbye was said, or is not due */
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}

/* Have libwebsockets read what TLS holds of the head, and not a record more. In its first turn it
 * may find no more than its handshake finished, and its buffer may be smaller than the record. */
static void read_held(struct conn *conn)
{
    let_read(conn, true);
    service(conn);
    for (int i = 0; i < READ_TURNS && conn->wsi && SSL_pending(lws_get_ssl(conn->wsi)) > 0; i++)
        service(conn);
}

static int shadow(struct conn *conn)
{
    read_held(conn);
    if (!conn->wsi)
        return -1;
    lws_set_timeout(conn->wsi, NO_PENDING_TIMEOUT, 0);
    let_read(conn, false);
    return 0;
}

bool websocket_can_upgrade(const struct conn *conn)
{
    return !conn->stream->ssl || (conn->stream->held > 0 && !conn->stream->spoiled);
}

static void adopt_plain(struct conn *conn, int fd, const struct websocket_request *request)
{
    char head[512];
    int len = snprintf(head, sizeof head,
                       "GET / HTTP/1.1\r\nHost: -\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %.64s\r\n%s\r\n",
                       request->key,
                       request->subprotocol ? "Sec-WebSocket-Protocol: " PROTOCOL_NAME "\r\n" : "");
    conn->loop->adopting = conn;
    (void)lws_adopt_socket_vhost_readbuf(conn->loop->plain_vhost, fd, head, (size_t)len);
    conn->loop->adopting = NULL;
}

int websocket_upgrade(struct conn *conn, const struct websocket_request *request)
{
    struct stream *stream = conn->stream;
    stream_forget(stream);
    conn_unlist(conn);
    conn->deadline_us = 0;
    conn->ws = true;
    conn->loop->n_ws++;
    conn->ops = &ops_of(conn)->conn;
    if (stream->ssl) {
        read_held(conn);
        conn->stream = NULL;
    } else {
        conn->stream = NULL;
        adopt_plain(conn, stream->fd, request);
    }
    if (conn->wsi)
        return 0;
    conn_kill(conn); /* libwebsockets has closed the socket */
    return -1;
}

const struct transport_ops websocket_transport = {
    .open_tls = open_tls, .close_tls = close_tls, .shadow = shadow, .kill = kill_later};
