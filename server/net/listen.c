/* SPDX-License-Identifier: ISC */
/* listen: see listen.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/listen.h"
#include "net/loop_state.h"
#include "sys/diag.h"
#include "sys/listening.h"

enum {
    ACCEPTS_A_TURN = 64, /* so that a storm of new clients does not starve the old ones */
    SLACK = 16,   /* connections over the limit that get an answer, and are not just dropped */
    RESERVE = 48, /* descriptors that are not for clients: log, checkpoint, files */
    LIMIT_MIN = 4,
};

static const char no_room[] =
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Retry-After: 5\r\n"
    "Content-Length: 0\r\n"
    "Connection: close\r\n\r\n";

static void accept_one(struct loop *loop, const struct listener *listener, int fd)
{
    struct accepted accepted = {
        .fd = fd,
        .tls = listener->tls,
        .admin = listener->admin,
        .over_limit = loop->n_places >= loop->limit && !listener->admin,
    };
    if (accepted.over_limit)
        metric_add(loop->config.metrics, connections_refused_total, 1);
    loop->config.accepted(loop, &accepted);
}

static void refuse(struct loop *loop, const struct listener *listener, int fd)
{
    metric_add(loop->config.metrics, connections_refused_total, 1);
    if (!listener->tls)
        (void)!send(fd, no_room, sizeof no_room - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    close(fd);
}

static void start_accepting(struct loop *loop)
{
    for (size_t i = 0; i < loop->n_listeners; i++) {
        if (loop->listeners[i].watcher.fd >= 0)
            ev_io_start(loop->ev, &loop->listeners[i].watcher);
    }
}

static void on_retry(struct ev_loop *ev, ev_timer *watcher, int events)
{
    start_accepting(watcher->data);
}

/* No descriptors or memory for another socket: it would be readable for ever. Come back later. */
static void pause_accepting(struct loop *loop, int error)
{
    diag_warn("accept: %s; the next try in a second", strerror(error));
    for (size_t i = 0; i < loop->n_listeners; i++)
        ev_io_stop(loop->ev, &loop->listeners[i].watcher);
    ev_timer_stop(loop->ev, &loop->retry);
    ev_timer_init(&loop->retry, on_retry, 1., 0.);
    loop->retry.data = loop;
    ev_timer_start(loop->ev, &loop->retry);
}

static void on_accept(struct ev_loop *ev, ev_io *watcher, int events)
{
    struct listener *listener = (struct listener *)watcher;
    struct loop *loop = watcher->data;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int fd = accept4(watcher->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                pause_accepting(loop, errno);
            if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO)
                continue;
            return;
        }
        if (loop->n_conns >= loop->limit + SLACK)
            refuse(loop, listener, fd);
        else
            accept_one(loop, listener, fd);
    }
}

static int add(struct loop *loop, const struct listen_address *address, bool admin,
               char error[LOOP_ERROR_BYTES])
{
    if (loop->n_listeners == LOOP_LISTENERS_MAX) {
        snprintf(error, LOOP_ERROR_BYTES, "more than %d addresses to listen on",
                 LOOP_LISTENERS_MAX);
        return -1;
    }
    struct listener *listener = &loop->listeners[loop->n_listeners];
    bool is_unix = address->path[0] != '\0';
    *listener = (struct listener){.address = *address, .admin = admin};
    /* TLS is for the open network: a Unix socket has a proxy at its other end. */
    listener->tls = loop->config.tls_cert && !admin && !is_unix;
    enum listening_share share = !loop->config.share_ports || admin ? LISTENING_ALONE
                                 : loop->config.admin != NULL       ? LISTENING_FIRST
                                                                    : LISTENING_NEXT;
    char why[LISTENING_ERROR_BYTES];
    int fd = listening_open(&listener->address, share, why);
    if (fd < 0) {
        snprintf(error, LOOP_ERROR_BYTES, "%s", why);
        return -1;
    }
    ev_io_init(&listener->watcher, on_accept, fd, EV_READ);
    listener->watcher.data = loop;
    loop->n_listeners++;
    return 0;
}

/* How many clients the descriptor limit leaves room for. */
static unsigned descriptors(void)
{
    struct rlimit limit;
    unsigned used = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir))
        used++;
    if (dir)
        closedir(dir);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT32_MAX)
        return INT32_MAX;
    unsigned long all = (unsigned long)limit.rlim_cur;
    return all > used + RESERVE + LIMIT_MIN ? (unsigned)(all - used - RESERVE) : LIMIT_MIN;
}

int listen_open(struct loop *loop, char error[LOOP_ERROR_BYTES])
{
    const struct loop_config *config = &loop->config;
    for (size_t i = 0; i < config->n_listen; i++) {
        if (add(loop, &config->listen[i], false, error) != 0)
            return -1;
    }
    if (config->admin && add(loop, config->admin, true, error) != 0)
        return -1;
    loop->limit = descriptors();
    if (config->max_connections > 0 && config->max_connections < loop->limit)
        loop->limit = config->max_connections;
    start_accepting(loop);
    return 0;
}

void listen_close(struct loop *loop)
{
    ev_timer_stop(loop->ev, &loop->retry);
    for (size_t i = 0; i < loop->n_listeners; i++) {
        struct listener *listener = &loop->listeners[i];
        if (listener->watcher.fd < 0)
            continue;
        ev_io_stop(loop->ev, &listener->watcher);
        listening_close(listener->watcher.fd, &listener->address);
        listener->watcher.fd = -1;
    }
}
