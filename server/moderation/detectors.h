/* SPDX-License-Identifier: ISC */
/* detectors: all rules that watch, a row each. */
#ifndef PLACED_MODERATION_DETECTORS_H
#define PLACED_MODERATION_DETECTORS_H

#include <stdbool.h>
#include <stdint.h>

#include "moderation/detector.h"

enum { DETECTORS = 3 };

struct detector_rule {
    const char *name;
    const char *unit;   /* of its threshold, for people */
    uint32_t threshold; /* when none is given */
    struct detector *(*create)(void);
};

extern const struct detector_rule detector_rules[DETECTORS];

/* Which rule has this name? -1: none. */
int detectors_find(const char *name);

/* A detector by its rule's number; threshold 0: the rule's own. NULL when out of memory. */
struct detector *detectors_create(int rule, uint32_t threshold, struct suspects *suspects);

#endif
