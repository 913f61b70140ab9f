/* SPDX-License-Identifier: ISC */
/*
 * poller: a reader without WebSocket. It asks, by HTTP and with one request after the other, for
 * what came after the version that it has; each answer is a frame, and is judged like any.
 */
#ifndef PLACED_EDIT_FLOOD_POLLER_H
#define PLACED_EDIT_FLOOD_POLLER_H

#include "state.h"

/* Its connection stands. */
void poller_opened(struct flood *flood, struct conn *conn);

/* Bytes have come: how many were taken, whole answers. */
size_t poller_take(struct flood *flood, struct conn *conn, const uint8_t *bytes, size_t len);

void poller_timer(struct flood *flood, struct conn *conn);

#endif
