/* SPDX-License-Identifier: ISC */
/*
 * conformance: what every implementation of log.h promises, as one list of tests. A test program
 * brings a world and runs the list.
 */
#ifndef PLACED_TESTS_LOG_CONFORMANCE_H
#define PLACED_TESTS_LOG_CONFORMANCE_H

#include "world.h"

/* Run all that applies to this kind; the number of failures. */
int conformance_run(const struct world *world);

#endif
