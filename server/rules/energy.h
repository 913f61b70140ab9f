/* SPDX-License-Identifier: ISC */
/*
 * energy: what a message takes of somebody's energy, by a policy, or why it is too little. Pure.
 * See PROTOCOL.md, "Energy".
 */
#ifndef PLACED_RULES_ENERGY_H
#define PLACED_RULES_ENERGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/policy.h"

enum {
    /* Nobody's debt is more than this many capacities, and what seems to be more is no debt: a
     * clock was wrong. With N servers an author can spend N capacities at once. */
    ENERGY_DEBT_MAX = 32,
};

/* What the edits of one message cost, before it is known what their author has. */
struct price {
    size_t n;          /* edits */
    uint64_t ms;       /* of a policy without a curve */
    uint64_t percents; /* of a pixel, of one with a curve: 100 for an edit as everywhere */
};

/* One more edit, which costs so many percent of what it would. */
void energy_add(const struct policy *policy, struct price *price, bool blank, uint64_t percent);

/* May somebody who has so much (negative: debt) make them? Then *cost is what they cost. Else
 * *retry_ms is when they will have enough, or 0 when it is more than can be saved up. A single edit
 * that was made dearer than that needs a full charge, and leaves a debt. */
bool energy_take(const struct policy *policy, const struct price *price, int64_t available,
                 uint32_t *cost, uint64_t *retry_ms);

#endif
