/* SPDX-License-Identifier: ISC */
/*
 * ruleset: the rules of one moment that the moderators have set: bans, regions, allowed colours,
 * freezes. Immutable and counted, so that event loops read it without a lock; a change makes a new
 * one. Pure, but for the count.
 */
#ifndef PLACED_RULES_RULESET_H
#define PLACED_RULES_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/message.h"
#include "core/position.h"
#include "rules/ban_table.h"
#include "rules/region.h"
#include "rules/visitor.h"

struct ruleset;

struct ruleset_parts {
    uint64_t serial; /* grows with every change that everybody has to hear of: not of bans */
    const struct region *regions;
    size_t n_regions;
    const struct ban *bans;
    size_t n_bans;
    bool frozen;             /* nobody draws */
    int64_t frozen_until_ms; /* 0: unknown */
    uint16_t colours;        /* allowed anywhere */
    char frozen_words[RULESET_WORDS];
};

/* Why something may not be drawn. */
struct obstacle {
    enum refusal reason;
    int64_t until_ms; /* 0: unknown */
    char words[RULESET_WORDS];
};

/* Copies everything. NULL when out of memory. Counts 1. */
struct ruleset *ruleset_create(const struct ruleset_parts *parts);
struct ruleset *ruleset_ref(struct ruleset *ruleset);
void ruleset_unref(struct ruleset *ruleset); /* NULL is fine */

uint64_t ruleset_serial(const struct ruleset *ruleset);

/* Its parts, as long as it lives. */
const struct ruleset_parts *ruleset_parts(const struct ruleset *ruleset);

/* May this visitor draw at all? Then *percent is what its edits cost because it was slowed down
 * (100: it was not). */
bool ruleset_admits(const struct ruleset *ruleset, const struct visitor *visitor, int64_t now_ms,
                    uint32_t *percent, struct obstacle *obstacle);

/* May this pixel of a canvas get this colour? Then *percent is what it costs there: where several
 * regions meet, the greatest of their factors, those that are 100 left out. Pixels in range. */
bool ruleset_allows(const struct ruleset *ruleset, struct position canvas, uint32_t x, uint32_t y,
                    uint32_t colour, int64_t now_ms, uint32_t *percent, struct obstacle *obstacle);

/* Is this author barred by a ban of its own at that time? For those who repair pictures. */
bool ruleset_bans_author(const struct ruleset *ruleset, uint64_t author, int64_t now_ms);

#endif
