/* SPDX-License-Identifier: ISC */
/* control_rules: the rules of one moment, made from what stands in the control log. */
#ifndef PLACED_CONTROL_CONTROL_RULES_H
#define PLACED_CONTROL_CONTROL_RULES_H

#include <stdint.h>

#include "control/control_state.h"
#include "rules/ruleset.h"

/* When something changes by itself. */
struct control_times {
    int64_t next_ms;  /* anything: make the rules anew then */
    int64_t heard_ms; /* something that everybody has to hear of */
};

/* NULL when out of memory. *times becomes earlier when something is due earlier than that. */
struct ruleset *control_rules_make(const struct control_state *state, uint64_t serial,
                                   int64_t now_ms, struct control_times *times);

#endif
