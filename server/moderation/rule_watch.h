/* SPDX-License-Identifier: ISC */
/*
 * rule_watch: one rule at work on what happens now: its mode, its detector while it has one, and
 * what that has found. Not for several threads.
 */
#ifndef PLACED_MODERATION_RULE_WATCH_H
#define PLACED_MODERATION_RULE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "moderation/rule_mode.h"
#include "moderation/sample.h"
#include "moderation/suspects.h"

struct detector;

struct rule_watch {
    int rule;
    enum rule_mode mode;
    uint32_t threshold;
    struct detector *detector; /* NULL: off */
    struct suspects *suspects; /* NULL: off */
    uint64_t found;            /* findings since it was set so */
    int64_t last_ms;           /* when something was last found; 0: never */
    bool changed;              /* what was found, since the caller set this to false */
};

/* Off. */
void rule_watch_init(struct rule_watch *watch, int rule);
void rule_watch_finish(struct rule_watch *watch);

/* From now on so; threshold 0: the rule's own. What was found stays unless the threshold changes or
 * it is switched off. 0, or -1 when out of memory: then it is off. */
int rule_watch_set(struct rule_watch *watch, enum rule_mode mode, uint32_t threshold);

void rule_watch_take(struct rule_watch *watch, const struct sample *sample);

/* Forget what was last found before this time. */
void rule_watch_expire(struct rule_watch *watch, int64_t before_ms);

/* How many findings there are. */
size_t rule_watch_count(const struct rule_watch *watch);

#endif
