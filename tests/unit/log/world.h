/* SPDX-License-Identifier: ISC */
/* world: how a test makes, opens and drops a log of one kind. */
#ifndef PLACED_TESTS_LOG_WORLD_H
#define PLACED_TESTS_LOG_WORLD_H

#include <stdbool.h>

#include "log/log.h"

/* One kind of log. */
struct world {
    const char *name;
    void *(*create)(void); /* an empty store */
    void (*destroy)(void *store);
    struct log *(*open)(void *store);
    void (*idle)(void *store); /* virtual time goes on by a millisecond; NULL where time is real */
    bool threads;              /* may be appended to and woken from other threads */
    bool shared;               /* may be open twice at a time */
};

#endif
