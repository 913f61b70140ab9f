/* SPDX-License-Identifier: ISC */
/* accepting: see accepting.h. */
#include "render/http/accepting.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/diag.h"

enum {
    ACCEPTS_A_TURN = 64, /* so that a storm of new clients does not starve the old ones */
};

struct listener {
    ev_io watcher;
    struct listen_address address;
    bool admin;
};

struct accepting {
    struct accepting_config config;
    struct listener listeners[ACCEPTING_LISTEN_MAX + 1];
    size_t n;
    ev_timer retry;
};

static const char no_room[] =
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Retry-After: 2\r\n"
    "Content-Length: 0\r\n"
    "Connection: close\r\n\r\n";

static void start_all(struct accepting *accepting)
{
    for (size_t i = 0; i < accepting->n; i++)
        ev_io_start(accepting->config.loop, &accepting->listeners[i].watcher);
}

static void on_retry(struct ev_loop *loop, ev_timer *watcher, int events)
{
    start_all(watcher->data);
}

/* No descriptors or memory for another socket: it would be readable for ever. Come back later. */
static void pause_all(struct accepting *accepting, int error)
{
    diag_warn("accept: %s; the next try in a second", strerror(error));
    for (size_t i = 0; i < accepting->n; i++)
        ev_io_stop(accepting->config.loop, &accepting->listeners[i].watcher);
    ev_timer_stop(accepting->config.loop, &accepting->retry);
    ev_timer_set(&accepting->retry, 1., 0.);
    ev_timer_start(accepting->config.loop, &accepting->retry);
}

static void on_accept(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct listener *listener = (struct listener *)watcher;
    struct accepting *accepting = watcher->data;
    const struct accepting_config *config = &accepting->config;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage from;
        socklen_t len = sizeof from;
        int fd = accept4(watcher->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                pause_all(accepting, errno);
            if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO)
                continue;
            return;
        }
        if (config->has_room(config->context, listener->admin)) {
            config->accepted(config->context, fd, listener->admin, (struct sockaddr *)&from, len);
        } else {
            (void)!send(fd, no_room, sizeof no_room - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
            close(fd);
        }
    }
}

static int add(struct accepting *accepting, const struct listen_address *address, bool admin,
               char error[LISTENING_ERROR_BYTES])
{
    if (accepting->n == sizeof accepting->listeners / sizeof *accepting->listeners) {
        snprintf(error, LISTENING_ERROR_BYTES, "too many addresses to listen on");
        return -1;
    }
    struct listener *listener = &accepting->listeners[accepting->n];
    *listener = (struct listener){.address = *address, .admin = admin};
    int fd = listening_open(&listener->address, LISTENING_ALONE, error);
    if (fd < 0)
        return -1;
    ev_io_init(&listener->watcher, on_accept, fd, EV_READ);
    listener->watcher.data = accepting;
    accepting->n++;
    return 0;
}

struct accepting *accepting_open(const struct accepting_config *config,
                                 char error[LISTENING_ERROR_BYTES])
{
    struct accepting *accepting = calloc(1, sizeof *accepting);
    if (!accepting) {
        snprintf(error, LISTENING_ERROR_BYTES, "out of memory");
        return NULL;
    }
    accepting->config = *config;
    ev_timer_init(&accepting->retry, on_retry, 1., 0.);
    accepting->retry.data = accepting;
    for (size_t i = 0; i < config->n_listen; i++)
        if (add(accepting, &config->listen[i], false, error) != 0)
            goto fail;
    if (add(accepting, config->admin, true, error) != 0)
        goto fail;
    start_all(accepting);
    return accepting;

fail:
    accepting_close(accepting);
    return NULL;
}

void accepting_say(const struct accepting *accepting)
{
    for (size_t i = 0; i < accepting->n; i++)
        listening_say(accepting->listeners[i].admin ? "admin" : "listening", false,
                      &accepting->listeners[i].address);
}

void accepting_close(struct accepting *accepting)
{
    if (!accepting)
        return;
    ev_timer_stop(accepting->config.loop, &accepting->retry);
    for (size_t i = 0; i < accepting->n; i++) {
        struct listener *listener = &accepting->listeners[i];
        ev_io_stop(accepting->config.loop, &listener->watcher);
        listening_close(listener->watcher.fd, &listener->address);
    }
    free(accepting);
}
