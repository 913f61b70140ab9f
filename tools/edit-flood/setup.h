/* SPDX-License-Identifier: ISC */
/* setup: the state of one process: its connections, and the role of each. */
#ifndef PLACED_EDIT_FLOOD_SETUP_H
#define PLACED_EDIT_FLOOD_SETUP_H

#include "state.h"

/* How many connections the process holds. */
unsigned setup_connections(const struct options *options, unsigned process);

/* NULL with a message when out of memory. */
struct flood *setup_create(const struct options *options, struct shared *shared,
                           struct ledger *ledger, struct pattern *pattern, unsigned process,
                           const struct conn_handlers *handlers);
void setup_destroy(struct flood *flood);

#endif
