/* SPDX-License-Identifier: ISC */
/* listening: sockets that listen, on an address or in a folder. Any thread, but for umask: before
 * there are others that make files. */
#ifndef PLACED_SYS_LISTENING_H
#define PLACED_SYS_LISTENING_H

#include <stdbool.h>

#include "sys/address.h"

enum { LISTENING_ERROR_BYTES = 256 };

/* May other sockets have the same port? */
enum listening_share {
    LISTENING_ALONE,
    LISTENING_FIRST, /* those of this server that come later, LISTENING_NEXT */
    LISTENING_NEXT,
};

/* A socket, non-blocking and closed on exec. Port 0 becomes the one that it has got. -1 with a
 * message in error. */
int listening_open(struct listen_address *address, enum listening_share share,
                   char error[LISTENING_ERROR_BYTES]);

/* Close it; the file of a Unix socket goes. */
void listening_close(int fd, const struct listen_address *address);

/* Tell the operator: "listening on http://127.0.0.1:8080". */
void listening_say(const char *what, bool tls, const struct listen_address *address);

#endif
