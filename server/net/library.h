/* SPDX-License-Identifier: ISC */
/* library: a loop's libwebsockets context, as a guest on its libev loop. */
#ifndef PLACED_NET_LIBRARY_H
#define PLACED_NET_LIBRARY_H

#include "net/loop_config.h"

struct lws_protocols;

/* Open it, whose events go to these protocols. 0, or -1 with a message in error. */
int library_open(struct loop *loop, const struct lws_protocols *protocols,
                 char error[LOOP_ERROR_BYTES]);

/* Close it, and with it whatever it still has open. */
void library_close(struct loop *loop);

/* All loops have been opened: it has nothing to say any more. */
void library_quieten(void);

/* Once a second: its timers need it. */
void library_tick(struct loop *loop);

#endif
