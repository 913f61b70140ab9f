/* SPDX-License-Identifier: ISC */
/* policy: how often one may draw: presets and numbers, in milliseconds of refill. Pure. */
#ifndef PLACED_CORE_POLICY_H
#define PLACED_CORE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/message.h"

enum {
    POLICY_CURVE_MAX = MESSAGE_CURVE_MAX,
    POLICY_NAME = 16,
    POLICY_CAPACITY_MAX = 24 * 3600 * 1000,
};

struct policy {
    char name[POLICY_NAME];           /* of the preset; "custom" */
    uint32_t capacity;                /* what can be saved up; 0: free, nothing is counted */
    uint32_t blank, painted;          /* what an edit of such a pixel costs */
    uint32_t curve[POLICY_CURVE_MAX]; /* or: what gaining pixel 1, 2, ... takes, one after the
                                         other, and so costs; capacity is their sum */
    uint32_t n_curve;
};

/* What somebody has, as clients are told. */
struct energy {
    const struct policy *policy;
    int64_t available; /* milliseconds; below 0: debt */
};

/* A preset's name, or CAPACITY/BLANK/PAINTED: at most POLICY_CAPACITY_MAX, the others at most the
 * capacity, PAINTED not 0. False when it is neither. */
bool policy_parse(struct policy *policy, const char *text);

static inline bool policy_is_free(const struct policy *policy)
{
    return policy->capacity == 0;
}

#endif
