/* SPDX-License-Identifier: ISC */
/* timers: one timer a connection, in a wheel. */
#ifndef PLACED_EDIT_FLOOD_TIMERS_H
#define PLACED_EDIT_FLOOD_TIMERS_H

#include "state.h"

void timer_set(struct flood *flood, struct conn *conn, uint64_t in_us);
void timer_clear(struct flood *flood, struct conn *conn);

/* Call `fire` for every connection whose time has come. */
void timers_run(struct flood *flood, void (*fire)(struct flood *flood, struct conn *conn));

#endif
