/* SPDX-License-Identifier: ISC */
/* accepting: takes connections from the sockets that listen, as long as there is room. Threads: the
 * loop's. */
#ifndef PLACED_RENDER_HTTP_ACCEPTING_H
#define PLACED_RENDER_HTTP_ACCEPTING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "sys/address.h"
#include "sys/listening.h"

enum { ACCEPTING_LISTEN_MAX = 8 };

struct accepting;
struct ev_loop;

struct accepting_config {
    struct ev_loop *loop;
    const struct listen_address *listen;
    size_t n_listen;
    const struct listen_address *admin;
    /* May another connection be taken? When not, it is told to come back (503) and closed. */
    bool (*has_room)(void *context, bool admin);
    /* A connection, which is the callee's. */
    void (*accepted)(void *context, int fd, bool admin, const struct sockaddr *from,
                     socklen_t from_len);
    void *context;
};

/* NULL with a message in error. */
struct accepting *accepting_open(const struct accepting_config *config,
                                 char error[LISTENING_ERROR_BYTES]);

/* Tell the operator where it listens. */
void accepting_say(const struct accepting *accepting);

/* No more connections; NULL is fine. */
void accepting_close(struct accepting *accepting);

#endif
