/* SPDX-License-Identifier: ISC */
/* linger: see linger.h. A second descriptor of the socket keeps it open. */
#include "render/http/linger.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINGERS_MAX = 64, /* at a time; more are closed at once */
    BYTES_MAX = 4 * 1024 * 1024,
    READ_BYTES = 16 * 1024,
};

#define LINGER_S 3.

struct lingering {
    ev_io readable;
    ev_timer late;
    struct lingers *lingers;
    size_t bytes;
};

struct lingers {
    struct ev_loop *loop;
    struct lingering table[LINGERS_MAX];
};

static void end(struct lingering *linger)
{
    ev_io_stop(linger->lingers->loop, &linger->readable);
    ev_timer_stop(linger->lingers->loop, &linger->late);
    close(linger->readable.fd);
    linger->lingers = NULL;
}

static void on_late(struct ev_loop *loop, ev_timer *watcher, int events)
{
    end(watcher->data);
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    struct lingering *linger = watcher->data;
    char bytes[READ_BYTES];
    ssize_t n = recv(watcher->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0)
        linger->bytes += (size_t)n;
    if (n <= 0 || linger->bytes > BYTES_MAX)
        end(linger);
}

struct lingers *lingers_create(struct ev_loop *loop)
{
    struct lingers *lingers = calloc(1, sizeof *lingers);
    if (lingers)
        lingers->loop = loop;
    return lingers;
}

void lingers_destroy(struct lingers *lingers)
{
    for (size_t i = 0; lingers && i < LINGERS_MAX; i++)
        if (lingers->table[i].lingers)
            end(&lingers->table[i]);
    free(lingers);
}

void lingers_keep(struct lingers *lingers, int fd)
{
    struct lingering *linger = NULL;
    for (size_t i = 0; i < LINGERS_MAX && !linger; i++)
        if (!lingers->table[i].lingers)
            linger = &lingers->table[i];
    int copy = linger ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (copy < 0)
        return;
    linger->lingers = lingers;
    linger->bytes = 0;
    ev_io_init(&linger->readable, on_readable, copy, EV_READ);
    ev_timer_init(&linger->late, on_late, LINGER_S, 0.);
    linger->readable.data = linger->late.data = linger;
    ev_io_start(lingers->loop, &linger->readable);
    ev_timer_start(lingers->loop, &linger->late);
}
