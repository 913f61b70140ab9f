/* SPDX-License-Identifier: ISC */
/* verdict: what comes of judging a message: something is reserved, or something is in the way. */
#ifndef PLACED_RULES_VERDICT_H
#define PLACED_RULES_VERDICT_H

#include <stdint.h>

#include "rules/ruleset.h"
#include "rules/visitor.h"

/* What was reserved for the edits of one message, until it is known what became of them. */
struct reservation {
    uint64_t author;
    uint32_t cost; /* milliseconds of refill; 0: nothing */
    uint64_t networks[VISITOR_NETWORKS];
};

struct verdict {
    struct obstacle obstacle; /* when it was refused */
    uint64_t retry_ms;        /* then: when the whole message would be taken; 0: not by waiting */
};

#endif
