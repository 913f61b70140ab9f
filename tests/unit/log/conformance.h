/* SPDX-License-Identifier: ISC */
/*
 * conformance: what every implementation of log.h promises, as one list of tests. A test program
 * brings a world (how to make, open and drop a log of its kind) and runs the list.
 */
#ifndef PLACED_TESTS_LOG_CONFORMANCE_H
#define PLACED_TESTS_LOG_CONFORMANCE_H

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

/* Run all that applies to this kind; the number of failures. */
int conformance_run(const struct world *world);

#endif
