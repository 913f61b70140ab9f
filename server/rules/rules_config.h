/* SPDX-License-Identifier: ISC */
/* rules_config: what the rules are made from. */
#ifndef PLACED_RULES_RULES_CONFIG_H
#define PLACED_RULES_RULES_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "core/policy.h"

struct rules_config {
    struct policy people, bots;
    uint32_t network_factor; /* an address may draw so many times what an author may; 0: any */
    uint32_t minimum_age_ms; /* of an identity, before its first edit */
    bool identity_needed;    /* who shows nothing may not draw */
};

#endif
