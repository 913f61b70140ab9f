/* SPDX-License-Identifier: ISC */
/* receive: bytes from the server become messages. */
#ifndef PLACED_EDIT_FLOOD_RECEIVE_H
#define PLACED_EDIT_FLOOD_RECEIVE_H

#include "state.h"

/* Read what is there, at most about `limit` bytes, and hand whole messages to the handlers. The
 * connection may have ended afterwards. */
void receive_some(struct flood *flood, struct conn *conn, size_t limit);

#endif
