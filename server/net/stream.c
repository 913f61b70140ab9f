/* SPDX-License-Identifier: ISC */
/*
 * stream: see stream.h. Of a TLS connection libwebsockets owns socket and SSL object from the first
 * byte on, because there is no way to hand it an SSL object later; it reads nothing by itself until
 * the connection has become a WebSocket. The head of a request is only peeked at, so that it can
 * still read that head when it turns out to be an upgrade.
 */
#include "net/stream.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net/loop_state.h"

enum {
    RECORD_BYTES = 16 * 1024, /* the most that one TLS record holds */
    DISCARDS_A_TURN = 16,
};

static void on_io(struct ev_loop *ev, ev_io *watcher, int events)
{
    struct stream *stream = (struct stream *)watcher;
    struct conn *conn = stream->conn;
    if (stream->wish == STREAM_WRITE && conn->ops->writable)
        conn->ops->writable(conn);
    else if (stream->wish == STREAM_READ && conn->ops->readable)
        conn->ops->readable(conn);
}

int stream_open(struct stream *stream, struct conn *conn, int fd, bool tls)
{
    *stream = (struct stream){.conn = conn, .fd = fd, .wish = STREAM_REST};
    ev_io_init(&stream->watcher, on_io, fd, EV_READ);
    conn->stream = stream;
    return tls ? conn->loop->transport->open_tls(conn) : 0;
}

/* What came of a call of OpenSSL that took nothing. */
static ssize_t tls_result(struct stream *stream, int result, bool *needs_other, int other)
{
    int error = SSL_get_error(stream->ssl, result);
    *needs_other = error == other;
    switch (error) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return STREAM_AGAIN;
    case SSL_ERROR_ZERO_RETURN:
        return STREAM_END;
    default:
        ERR_clear_error();
        return STREAM_BROKEN;
    }
}

static ssize_t tls_read(struct stream *stream, void *bytes, size_t len,
                        int (*read)(SSL *, void *, int))
{
    ERR_clear_error();
    int n = read(stream->ssl, bytes, len < RECORD_BYTES ? (int)len : RECORD_BYTES);
    if (n > 0) {
        stream->read_needs_write = false;
        return n;
    }
    return tls_result(stream, n, &stream->read_needs_write, SSL_ERROR_WANT_WRITE);
}

/* Take from TLS what was given out before and is still held there. */
static ssize_t release_held(struct stream *stream)
{
    uint8_t bytes[1024];
    stream->spoiled |= stream->shadowed;
    while (stream->held > 0) {
        size_t len = stream->held < sizeof bytes ? stream->held : sizeof bytes;
        ssize_t n = tls_read(stream, bytes, len, SSL_read);
        if (n <= 0)
            return STREAM_BROKEN; /* it was there */
        stream->held = (uint16_t)(stream->held - n);
    }
    return 0;
}

static ssize_t plain_read(struct stream *stream, void *bytes, size_t len)
{
    ssize_t n;
    do
        n = recv(stream->fd, bytes, len, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN ? STREAM_AGAIN : STREAM_BROKEN;
    return n;
}

ssize_t stream_read(struct stream *stream, void *bytes, size_t len)
{
    if (!stream->ssl)
        return plain_read(stream, bytes, len);
    if (release_held(stream) != 0)
        return STREAM_BROKEN;
    return tls_read(stream, bytes, len, SSL_read);
}

/* TLS can be peeked at one record deep. When a head comes in several, libwebsockets reads each of
 * them too, as soon as we have seen it, so that it has the whole head when we have. */
ssize_t stream_read_head(struct stream *stream, void *bytes, size_t len, bool begins)
{
    bool complete = begins || stream->held > 0 || stream->shadowed; /* as far as we have read */
    if (!stream->ssl || stream->spoiled || !complete)
        return stream_read(stream, bytes, len);
    if (stream->held > 0) {
        if (stream->conn->loop->transport->shadow(stream->conn) != 0)
            return STREAM_BROKEN;
        stream->shadowed = true;
        stream->held = 0;
    }
    ssize_t n = tls_read(stream, bytes, len, SSL_peek);
    if (n > 0)
        stream->held = (uint16_t)n;
    return n;
}

static ssize_t tls_write(struct stream *stream, const uint8_t *bytes, size_t len)
{
    size_t sent = 0;
    while (sent < len) {
        size_t piece = len - sent < RECORD_BYTES ? len - sent : RECORD_BYTES;
        ERR_clear_error();
        int n = SSL_write(stream->ssl, bytes + sent, (int)piece);
        if (n <= 0) {
            ssize_t result = tls_result(stream, n, &stream->write_needs_read, SSL_ERROR_WANT_READ);
            return result == STREAM_AGAIN ? (ssize_t)sent : STREAM_BROKEN;
        }
        stream->write_needs_read = false;
        sent += (size_t)n;
    }
    return (ssize_t)sent;
}

ssize_t stream_write(struct stream *stream, const void *head, size_t head_len, const void *body,
                     size_t body_len)
{
    if (stream->ssl) {
        if (release_held(stream) != 0)
            return STREAM_BROKEN;
        ssize_t n = tls_write(stream, head, head_len);
        if (n != (ssize_t)head_len || body_len == 0)
            return n;
        ssize_t m = tls_write(stream, body, body_len);
        return m < 0 ? m : n + m;
    }
    struct iovec pieces[2] = {{(void *)(uintptr_t)head, head_len},
                              {(void *)(uintptr_t)body, body_len}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = body_len > 0 ? 2 : 1};
    ssize_t n;
    do
        n = sendmsg(stream->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == EAGAIN ? 0 : STREAM_BROKEN;
    return n;
}

void stream_watch(struct stream *stream, enum stream_wish wish)
{
    int events = 0;
    if (wish == STREAM_READ)
        events = stream->read_needs_write ? EV_WRITE : EV_READ;
    else if (wish == STREAM_WRITE)
        events = stream->write_needs_read ? EV_READ : EV_WRITE;
    struct ev_loop *ev = stream->conn->loop->ev;
    stream->wish = (uint8_t)wish;
    if (ev_is_active(&stream->watcher) && (stream->watcher.events & (EV_READ | EV_WRITE)) == events)
        return;
    ev_io_stop(ev, &stream->watcher);
    if (events == 0)
        return;
    ev_io_modify(&stream->watcher, events);
    ev_io_start(ev, &stream->watcher);
}

void stream_poke(struct stream *stream)
{
    struct loop *loop = stream->conn->loop;
    stream_watch(stream, STREAM_REST);
    if (stream->poked)
        return;
    stream->poked = true;
    stream->next_poked = loop->poked;
    loop->poked = stream;
}

void stream_await(struct stream *stream)
{
    if (stream->ssl && SSL_pending(stream->ssl) > 0)
        stream_poke(stream); /* no socket would tell of it */
    else
        stream_watch(stream, STREAM_READ);
}

bool stream_call_poked(struct loop *loop)
{
    loop->calling = loop->poked; /* those that are poked meanwhile have to wait */
    loop->poked = NULL;
    bool any = loop->calling != NULL;
    while (loop->calling) {
        struct stream *stream = loop->calling;
        struct conn *conn = stream->conn;
        loop->calling = stream->next_poked;
        stream->poked = false;
        if (!conn->dying && conn->ops->readable)
            conn->ops->readable(conn);
    }
    return any;
}

static void take_out(struct stream **list, const struct stream *stream)
{
    while (*list && *list != stream)
        list = &(*list)->next_poked;
    if (*list)
        *list = stream->next_poked;
}

void stream_forget(struct stream *stream)
{
    struct loop *loop = stream->conn->loop;
    ev_io_stop(loop->ev, &stream->watcher);
    if (!stream->poked)
        return;
    stream->poked = false;
    take_out(&loop->poked, stream);
    take_out(&loop->calling, stream);
}

void stream_shut(struct stream *stream)
{
    if (stream->ssl && SSL_is_init_finished(stream->ssl)) {
        ERR_clear_error();
        (void)SSL_shutdown(stream->ssl);
        ERR_clear_error();
    }
    shutdown(stream->fd, SHUT_WR);
}

ssize_t stream_discard(struct stream *stream)
{
    uint8_t bytes[RECORD_BYTES];
    for (int i = 0; i < DISCARDS_A_TURN; i++) {
        ssize_t n = plain_read(stream, bytes, sizeof bytes); /* TLS too: nobody wants to know */
        if (n <= 0)
            return n;
    }
    return STREAM_AGAIN; /* the rest when the loop comes round */
}

void stream_close(struct stream *stream)
{
    stream_forget(stream);
    if (stream->ssl)
        stream->conn->loop->transport->close_tls(stream->conn);
    else if (stream->fd >= 0)
        close(stream->fd);
}
