/* SPDX-License-Identifier: ISC */
/* conformance_readers: the part of conformance about several readers and about places in a log. */
#ifndef PLACED_TESTS_LOG_CONFORMANCE_READERS_H
#define PLACED_TESTS_LOG_CONFORMANCE_READERS_H

#include "world.h"

/* The number of failures. */
int conformance_readers_run(const struct world *world);

#endif
