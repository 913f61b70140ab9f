/* SPDX-License-Identifier: ISC */
/* region: a rectangle of the plane with rules of its own. Pure. */
#ifndef PLACED_RULES_REGION_H
#define PLACED_RULES_REGION_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RULESET_WORDS = 64,     /* bytes of the operator's words, with their NUL; UTF-8 */
    RULESET_NAME = 48,      /* of a region's name */
    RULESET_REGIONS = 1024, /* at most */
    RULESET_ALL_COLOURS = 0xffff,
};

/* A rectangle in plane coordinates. */
struct region {
    char name[RULESET_NAME];
    int32_t x, y, w, h; /* w and h from 1 on; x + w and y + h do not overflow */
    bool closed;
    uint32_t percent;          /* of the cost of an edit: 100 as everywhere, 0 free */
    uint16_t colours;          /* bit by bit those that may be used */
    int64_t from_ms, until_ms; /* when it holds; 0: since ever, for ever */
    char words[RULESET_WORDS];
};

#endif
