/* SPDX-License-Identifier: ISC */
/* listen: the listening sockets of a loop. */
#ifndef PLACED_NET_LISTEN_H
#define PLACED_NET_LISTEN_H

#include "net/loop_config.h"

/* Open those that the loop's configuration names, and accept. 0, or -1 with a message in error. */
int listen_open(struct loop *loop, char error[LOOP_ERROR_BYTES]);

void listen_close(struct loop *loop);

#endif
