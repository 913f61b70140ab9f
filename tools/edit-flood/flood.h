/* SPDX-License-Identifier: ISC */
/*
 * flood: one process of the flood: its connections on one epoll loop, from the first connection to
 * the last check. Several processes share one block of memory; the first one holds all writers.
 */
#ifndef PLACED_EDIT_FLOOD_FLOOD_H
#define PLACED_EDIT_FLOOD_FLOOD_H

#include "ledger.h"
#include "options.h"
#include "pattern.h"
#include "shared.h"

/* Run process number `process` to its end. tick (may be NULL) is called some times a second. 0, or
 * -1 with a message when it could not even begin. */
int flood_run(const struct options *options, struct shared *shared, struct ledger *ledger,
              struct pattern *pattern, unsigned process, void (*tick)(uint64_t now_us));

#endif
