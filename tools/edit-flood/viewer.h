/* SPDX-License-Identifier: ISC */
/* viewer: what is done with the messages of the server, of every kind of connection. */
#ifndef PLACED_EDIT_FLOOD_VIEWER_H
#define PLACED_EDIT_FLOOD_VIEWER_H

#include "state.h"

void viewer_frame(struct flood *flood, struct conn *conn, const uint8_t *payload, size_t len);
void viewer_text(struct flood *flood, struct conn *conn, const uint8_t *text, size_t len);

#endif
