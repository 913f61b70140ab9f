/* SPDX-License-Identifier: ISC */
/*
 * dial: see dial.h. Edge-triggered, so that a connection costs one epoll_ctl in its life.
 */
#include "dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "addresses.h"
#include "conn.h"
#include "people.h"
#include "timers.h"

enum {
    CONNECT_US = 10 * 1000 * 1000, /* until hello */
    SLOW_BUFFER = 4096,            /* receive buffer of a slow reader; the kernel doubles it */
};

static void send_upgrade(struct flood *flood, struct conn *conn)
{
    const struct target *target = target_of(flood, conn);
    char request[2 * TARGET_TEXT + 512 + PEOPLE_FIELDS_BYTES], path[TARGET_PATH];
    char fields[PEOPLE_FIELDS_BYTES] = "";
    uint64_t from = conn->follower.version;
    target_path(target, flood->options->n_canvases ? &board_of(flood, conn)->position : NULL, "ws",
                path);
    if (conn->kind == CONN_WRITER)
        people_fields(flood->options, conn_number(flood, conn) - flood->n_full, fields);
    size_t len = wire_upgrade(request, sizeof request, target->host, path, fields,
                              conn->known ? &from : NULL);
    conn->state = CONN_UPGRADING;
    conn_send(flood, conn, (const uint8_t *)request, len);
}

/* All that is below HTTP stands. */
static void begin_http(struct flood *flood, struct conn *conn)
{
    if (!conn->polls) {
        send_upgrade(flood, conn);
        return;
    }
    conn->state = CONN_OPEN;
    flood->handlers->poller_opened(flood, conn);
}

static void handshake(struct flood *flood, struct conn *conn)
{
    int done = tls_handshake(conn->extra->tls);
    if (done > 0)
        begin_http(flood, conn);
    if (done >= 0)
        return;
    conn_explain(flood, conn, "no TLS, or a certificate that is not trusted");
    conn_end(flood, conn, CONN_END_FAILED, 0);
}

static void connected(struct flood *flood, struct conn *conn)
{
    const struct target *target = target_of(flood, conn);
    if (!target->tls) {
        begin_http(flood, conn);
        return;
    }
    struct extra *extra = conn_extra(conn);
    if (extra)
        extra->tls = tls_create(flood->tls, conn->fd, target->name);
    if (!extra || !extra->tls) {
        conn_end(flood, conn, CONN_END_FAILED, 0);
        return;
    }
    conn->state = CONN_TLS;
    handshake(flood, conn);
}

static int open_socket(const struct flood *flood, const struct conn *conn)
{
    const struct options *options = flood->options;
    const struct target *target = target_of(flood, conn);
    int on = 1, small = SLOW_BUFFER;
    int fd = socket(target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (conn->habit == HABIT_SLOW || conn->habit == HABIT_STALLED)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    bool from = options->has_from && conn->kind == CONN_WRITER;
    if ((from || options->n_sources > 0) && target->address.ss_family == AF_INET) {
        struct sockaddr_in source = {.sin_family = AF_INET};
        unsigned n = conn_number(flood, conn);
        if (from)
            source.sin_addr = addresses_at(&options->from, n - flood->n_full);
        else
            source.sin_addr = options->sources[(n + flood->process) % options->n_sources];
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        if (bind(fd, (const struct sockaddr *)&source, sizeof source) != 0) {
            close(fd);
            return -1;
        }
    }
    return fd;
}

void dial_begin(struct flood *flood, struct conn *conn)
{
    const struct target *target = target_of(flood, conn);
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
    conn_explain(flood, conn, "%s", strerror(errno));
    conn_end(flood, conn, CONN_END_FAILED, 0);
}

void dial_event(struct flood *flood, struct conn *conn, uint32_t events)
{
    if (conn->state == CONN_TLS) {
        handshake(flood, conn);
        return;
    }
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error != 0) {
        conn_explain(flood, conn, "%s", strerror(error));
        conn_end(flood, conn, CONN_END_FAILED, 0);
    } else if (events & EPOLLOUT) {
        connected(flood, conn);
    }
}
