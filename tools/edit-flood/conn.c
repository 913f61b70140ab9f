/* SPDX-License-Identifier: ISC */
/*
 * conn: one connection: socket, TLS, upgrade, and then messages both ways. Edge-triggered, so that
 * a connection costs one epoll_ctl in its life; a read that does not fill the buffer has emptied
 * the socket and needs no second one. All connections read into one buffer; only what is unfinished
 * is kept.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/bytes.h"
#include "state.h"

enum {
    TRIES_MAX = 6,
    RETRY_US = 200 * 1000, /* after the first failure; twice as long after each */
    COME_BACK_US = 100 * 1000,
    CONNECT_US = 10 * 1000 * 1000, /* until hello */
    SLOW_BUFFER = 4096,            /* receive buffer of a slow reader; the kernel doubles it */
    OUT_BYTES_MAX = 1 << 20,
    CLOSE_GOING_AWAY = 1001,
};

static const char *const kinds[] = {"reader", "writer", "full reader"};

const char *conn_name(const struct flood *flood, const struct conn *conn)
{
    static char name[TARGET_TEXT + 64];
    unsigned number = conn_number(flood, conn);
    if (conn->kind == CONN_READER)
        number -= flood->n_full + flood->n_writers;
    else if (conn->kind == CONN_WRITER)
        number -= flood->n_full;
    snprintf(name, sizeof name, "%s %u of process %u", kinds[conn->kind], number, flood->process);
    return name;
}

struct rare *conn_rare(struct conn *conn)
{
    if (!conn->rare)
        conn->rare = calloc(1, sizeof *conn->rare);
    return conn->rare;
}

static ssize_t take_bytes(struct conn *conn, void *bytes, size_t len)
{
    return conn->rare && conn->rare->tls ? tls_recv(conn->rare->tls, bytes, len)
                                         : recv(conn->fd, bytes, len, 0);
}

static ssize_t give_bytes(struct conn *conn, const void *bytes, size_t len)
{
    return conn->rare && conn->rare->tls ? tls_send(conn->rare->tls, bytes, len)
                                         : send(conn->fd, bytes, len, MSG_NOSIGNAL);
}

bool conn_sendable(const struct conn *conn)
{
    return !conn->rare || conn->rare->out_len == 0;
}

/* Keep what the socket did not take. */
static bool keep_out(struct conn *conn, const uint8_t *bytes, size_t len)
{
    struct rare *rare = conn_rare(conn);
    if (!rare || rare->out_len + len > OUT_BYTES_MAX)
        return false;
    uint8_t *out = realloc(rare->out, rare->out_len + len);
    if (!out)
        return false;
    memcpy(out + rare->out_len, bytes, len);
    rare->out = out;
    rare->out_len += len;
    return true;
}

bool conn_send(struct flood *flood, struct conn *conn, const uint8_t *bytes, size_t len)
{
    if (conn_sendable(conn)) {
        ssize_t n = give_bytes(conn, bytes, len);
        if (n < 0 && errno != EAGAIN) {
            conn_end(flood, conn, CONN_END_LOST, 0);
            return false;
        }
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    if (len > 0 && !keep_out(conn, bytes, len)) {
        conn_end(flood, conn, CONN_END_LOST, 0);
        return false;
    }
    return true;
}

/* The socket takes more. */
static void flush(struct flood *flood, struct conn *conn)
{
    struct rare *rare = conn->rare;
    while (rare && rare->out_at < rare->out_len) {
        ssize_t n = give_bytes(conn, rare->out + rare->out_at, rare->out_len - rare->out_at);
        if (n < 0) {
            if (errno != EAGAIN)
                conn_end(flood, conn, CONN_END_LOST, 0);
            return;
        }
        rare->out_at += (size_t)n;
    }
    if (rare && rare->out_len > 0) {
        free(rare->out);
        rare->out = NULL;
        rare->out_len = rare->out_at = 0;
        writer_hungry(flood, conn);
    }
}

/* ---- its end */

static void count_close(struct flood *flood, struct conn *conn, unsigned code)
{
    struct stats *stats = flood->stats;
    switch (code) {
    case 4001:
        stat_add(stats, closed_behind, 1);
        break;
    case 1012:
        stat_add(stats, closed_restart, 1);
        break;
    case 1011:
        stat_add(stats, closed_unknown, 1);
        break;
    case 1013:
        stat_add(stats, closed_full, 1);
        break;
    case 1002:
    case 1003:
    case 1007:
    case 1008:
    case 1009:
        /* It says that we broke the protocol; we did not. */
        stat_add(stats, closed_other, 1);
        stat_add(stats, bad_frames, 1);
        stats_tell(stats, "%s: closed by the server with %u", conn_name(flood, conn), code);
        break;
    default:
        stat_add(stats, closed_other, 1);
        break;
    }
}

/* Why a connection is not made; the last reason is reported. */
static void __attribute__((format(printf, 3, 4)))
failed(struct flood *flood, const struct conn *conn, const char *format, ...)
{
    char why[STATS_TEXT_BYTES / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    snprintf(flood->stats->connect_error, STATS_TEXT_BYTES, "%s: %s",
             flood->options->targets[conn->target].url, why);
}

static void release(struct flood *flood, struct conn *conn)
{
    struct rare *rare = conn->rare;
    if (rare) {
        tls_destroy(rare->tls);
        free(rare->out);
        free(rare->message);
        rare->tls = NULL;
        rare->out = rare->message = NULL;
        rare->out_len = rare->out_at = rare->message_len = 0;
    }
    free(conn->partial);
    conn->partial = NULL;
    conn->partial_len = 0;
    if (conn->fd >= 0)
        close(conn->fd);
    conn->fd = -1;
}

void conn_end(struct flood *flood, struct conn *conn, enum conn_end how, unsigned code)
{
    if (conn->state == CONN_IDLE || conn->state == CONN_GAVE_UP)
        return;
    bool was_greeted = conn->greeted;
    timer_clear(flood, conn);
    if (conn->state != CONN_OPEN || !was_greeted)
        flood->n_connecting--;
    release(flood, conn);
    conn->state = CONN_IDLE;
    conn->greeted = false;
    if (how == CONN_END_CLOSED)
        count_close(flood, conn, code);
    if (was_greeted) {
        stat_add(flood->stats, open, -1);
        if (how == CONN_END_LOST)
            stat_add(flood->stats, lost, 1);
        viewer_ended(flood, conn);
        if (conn->kind == CONN_WRITER)
            writer_ended(flood, conn);
        timer_set(flood, conn, COME_BACK_US + flood_random(flood) % (4 * COME_BACK_US));
        return;
    }
    stat_add(flood->stats, connect_failures, 1);
    if (++conn->tries < TRIES_MAX) {
        timer_set(flood, conn, (uint64_t)RETRY_US << (conn->tries - 1));
        return;
    }
    conn->state = CONN_GAVE_UP;
    stat_add(flood->stats, gave_up, 1);
    conn_settled(flood, conn);
}

void conn_settled(struct flood *flood, struct conn *conn)
{
    flood->n_settled += !conn->settled;
    conn->settled = true;
}

void conn_destroy(struct flood *flood, struct conn *conn)
{
    if (conn->fd >= 0)
        release(flood, conn);
    viewer_ended(flood, conn);
    if (conn->rare) {
        writer_destroy(conn->rare->writer);
        free(conn->rare->pixels);
        free(conn->rare);
    }
}

void conn_leave(struct flood *flood, struct conn *conn)
{
    uint8_t code[2] = {CLOSE_GOING_AWAY >> 8, CLOSE_GOING_AWAY & 0xff};
    uint8_t frame[WIRE_HEAD_MAX + sizeof code];
    if (conn->state == CONN_OPEN && conn_sendable(conn))
        (void)give_bytes(conn, frame, wire_frame(frame, WIRE_CLOSE, code, sizeof code));
    conn_end(flood, conn, CONN_END_LEFT, 0);
}

/* ---- messages */

static void breach(struct flood *flood, struct conn *conn, const char *what)
{
    stat_add(flood->stats, bad_frames, 1);
    stats_tell(flood->stats, "%s: %s", conn_name(flood, conn), what);
    conn_end(flood, conn, CONN_END_LOST, 0);
}

static void take_message(struct flood *flood, struct conn *conn, uint8_t opcode,
                         const uint8_t *payload, size_t len)
{
    if (opcode == WIRE_BINARY)
        viewer_frame(flood, conn, payload, len);
    else
        viewer_text(flood, conn, payload, len);
}

static void take_fragment(struct flood *flood, struct conn *conn, const struct wire_head *head,
                          const uint8_t *payload)
{
    struct rare *rare = conn_rare(conn);
    size_t len = (size_t)head->len;
    bool begins = head->opcode != WIRE_CONTINUATION;
    if (!rare || begins == (rare->message_opcode != 0) ||
        rare->message_len + len > FRAME_BYTES_MAX) {
        breach(flood, conn, "fragments in the wrong order, or too many");
        return;
    }
    if (begins)
        rare->message_opcode = head->opcode;
    uint8_t *message = realloc(rare->message, rare->message_len + len + 1);
    if (!message) {
        conn_end(flood, conn, CONN_END_LOST, 0);
        return;
    }
    if (len > 0)
        memcpy(message + rare->message_len, payload, len);
    rare->message = message;
    rare->message_len += len;
    if (!head->fin)
        return;
    uint8_t opcode = rare->message_opcode;
    size_t message_len = rare->message_len;
    rare->message = NULL;
    rare->message_len = 0;
    rare->message_opcode = 0;
    take_message(flood, conn, opcode, message, message_len);
    free(message);
}

static void take_close(struct flood *flood, struct conn *conn, const uint8_t *payload, size_t len)
{
    uint8_t frame[WIRE_HEAD_MAX + 2];
    unsigned code = len >= 2 ? (unsigned)payload[0] << 8 | payload[1] : 1005;
    if (conn_sendable(conn)) /* the answer; it need not arrive */
        (void)give_bytes(conn, frame, wire_frame(frame, WIRE_CLOSE, payload, len >= 2 ? 2 : 0));
    conn_end(flood, conn, CONN_END_CLOSED, code);
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
        take_close(flood, conn, payload, (size_t)head->len);
        break;
    case WIRE_TEXT:
    case WIRE_BINARY:
        if (head->fin && !(conn->rare && conn->rare->message_opcode != 0)) {
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
            breach(flood, conn, "a frame that no server may send");
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
        if (len < 4096)
            return 0;
        /* fall through */
    case WIRE_REFUSED:
        failed(flood, conn, "no WebSocket, but status %d", status);
        conn_end(flood, conn, CONN_END_FAILED, 0);
        break;
    }
    return 0;
}

void conn_read(struct flood *flood, struct conn *conn, size_t limit)
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
        ssize_t n = take_bytes(conn, bytes + len, limit);
        int error = errno;
        if (n > 0) {
            len += (size_t)n;
            /* TLS hands out one record at a time: ask until it has no more. */
            more = (limit == RECEIVE_BYTES && (size_t)n == limit) ||
                   (conn->rare && conn->rare->tls && limit == RECEIVE_BYTES);
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
            at += take_frames(flood, conn, bytes + at, len - at);
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
                failed(flood, conn, "%s", n == 0 ? "ended before hello" : strerror(error));
            conn_end(flood, conn, conn->greeted ? CONN_END_LOST : CONN_END_FAILED, 0);
            return;
        }
    }
}

/* ---- its beginning */

static void send_upgrade(struct flood *flood, struct conn *conn)
{
    const struct target *target = &flood->options->targets[conn->target];
    char request[2 * TARGET_TEXT + 512];
    uint64_t from = conn->follower.version;
    size_t len = wire_upgrade(request, sizeof request, target->host, target->path,
                              conn->known ? &from : NULL);
    conn->state = CONN_UPGRADING;
    conn_send(flood, conn, (const uint8_t *)request, len);
}

static void handshake(struct flood *flood, struct conn *conn)
{
    int done = tls_handshake(conn->rare->tls);
    if (done > 0)
        send_upgrade(flood, conn);
    if (done >= 0)
        return;
    failed(flood, conn, "no TLS, or a certificate that is not trusted");
    conn_end(flood, conn, CONN_END_FAILED, 0);
}

static void connected(struct flood *flood, struct conn *conn)
{
    const struct target *target = &flood->options->targets[conn->target];
    if (!target->tls) {
        send_upgrade(flood, conn);
        return;
    }
    struct rare *rare = conn_rare(conn);
    if (rare)
        rare->tls = tls_create(flood->tls, conn->fd, target->name);
    if (!rare || !rare->tls) {
        conn_end(flood, conn, CONN_END_FAILED, 0);
        return;
    }
    conn->state = CONN_TLS;
    handshake(flood, conn);
}

static int open_socket(const struct flood *flood, const struct conn *conn)
{
    const struct options *options = flood->options;
    const struct target *target = &options->targets[conn->target];
    int on = 1, small = SLOW_BUFFER;
    int fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (conn->habit == HABIT_SLOW || conn->habit == HABIT_STALLED)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (options->n_sources > 0 && target->address.ss_family == AF_INET) {
        struct sockaddr_in source = {.sin_family = AF_INET};
        unsigned n = conn_number(flood, conn) + flood->process;
        source.sin_addr = options->sources[n % options->n_sources];
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        if (bind(fd, (const struct sockaddr *)&source, sizeof source) != 0) {
            close(fd);
            return -1;
        }
    }
    return fd;
}

void conn_begin(struct flood *flood, struct conn *conn)
{
    const struct target *target = &flood->options->targets[conn->target];
    conn->fd = open_socket(flood, conn);
    conn->state = CONN_CONNECTING;
    conn->reads = true;
    flood->n_connecting++;
    conn->began_us = since_begun(flood);
    if (flood->stats->connect_first_us == 0)
        flood->stats->connect_first_us = flood->now_us;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.u32 = conn_number(flood, conn)};
    timer_set(flood, conn, CONNECT_US);
    if (conn->fd >= 0 &&
        (connect(conn->fd, (const struct sockaddr *)&target->address, target->address_len) == 0 ||
         errno == EINPROGRESS) &&
        epoll_ctl(flood->epoll, EPOLL_CTL_ADD, conn->fd, &event) == 0)
        return;
    failed(flood, conn, "%s", strerror(errno));
    conn_end(flood, conn, CONN_END_FAILED, 0);
}

void conn_event(struct flood *flood, struct conn *conn, uint32_t events)
{
    if (conn->fd < 0)
        return; /* it ended earlier in this round */
    if (conn->state == CONN_CONNECTING) {
        int error = 0;
        socklen_t len = sizeof error;
        getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &len);
        if (error != 0) {
            failed(flood, conn, "%s", strerror(error));
            conn_end(flood, conn, CONN_END_FAILED, 0);
        } else if (events & EPOLLOUT) {
            connected(flood, conn);
        }
        return;
    }
    if (conn->state == CONN_TLS) {
        handshake(flood, conn);
        if (conn->state != CONN_UPGRADING)
            return;
    }
    if (events & EPOLLOUT && !conn_sendable(conn))
        flush(flood, conn);
    bool over = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if (over)
        conn->reads = true; /* nothing more will come than what is there */
    if (conn->reads && conn->fd >= 0 && events & ~(uint32_t)EPOLLOUT)
        conn_read(flood, conn, RECEIVE_BYTES);
    if (over && conn->fd >= 0)
        conn_read(flood, conn, RECEIVE_BYTES); /* the end itself, which no event tells again */
}
