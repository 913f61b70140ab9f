/* SPDX-License-Identifier: ISC */
/*
 * author_tally: who has painted in a rectangle, as counted from the log from a time on, and what is
 * said of them.
 */
#ifndef PLACED_MODERATION_AUTHOR_TALLY_H
#define PLACED_MODERATION_AUTHOR_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "moderation/moderation_config.h"
#include "moderation/predicate.h"
#include "moderation/scan.h"

struct cJSON;

enum { AUTHOR_TALLY_NAMED = 100 }; /* the busiest ones are named */

/* How far it is, from its own thread. */
struct author_tally_watcher {
    void (*progress)(struct author_tally_watcher *watcher, double done, double rate);
};

/* Count: place, time and colour of the predicate say what. *json is what was found, the caller's.
 * error: the reason when it failed. watcher may be NULL. Blocks while it reads the log. */
enum scan_result author_tally(const struct moderation_config *config,
                              const struct predicate *predicate, const volatile int *stop,
                              struct author_tally_watcher *watcher, struct cJSON **json,
                              char error[SCAN_ERROR_BYTES]);

#endif
