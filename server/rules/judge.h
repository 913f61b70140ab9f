/* SPDX-License-Identifier: ISC */
/*
 * judge: may this visitor make these edits, by everything but its energy; and what do they cost?
 * Any thread.
 */
#ifndef PLACED_RULES_JUDGE_H
#define PLACED_RULES_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/energy.h"
#include "rules/rules_config.h"
#include "rules/verdict.h"

struct canvas_place;

/* A visitor wants to make n edits (3n bytes, in range) of one canvas. */
struct question {
    const struct rules_config *config;
    const struct policy *policy; /* of the visitor */
    const struct visitor *visitor;
    struct canvas_place *place;
    const uint8_t *edits;
    size_t n;
    int64_t now_ms;
};

/* True: *price, which is all zeros before, is what they cost (not under `free`). False: *verdict
 * says why. ruleset NULL: the moderators' rules forbid nothing and change no cost. */
bool judge_allows(const struct question *question, const struct ruleset *ruleset,
                  struct price *price, struct verdict *verdict);

#endif
