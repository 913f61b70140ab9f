/* SPDX-License-Identifier: ISC */
/* control_rules: what is over is left out; what is to come is in already, with its time. */
#include "control/control_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control_span.h"

static void note_time(struct control_times *times, int64_t from_ms, int64_t until_ms,
                      int64_t now_ms)
{
    span_next(from_ms, until_ms, now_ms, &times->next_ms);
    span_next(from_ms, until_ms, now_ms, &times->heard_ms);
}

static bool is_over(int64_t until_ms, int64_t now_ms)
{
    return until_ms != 0 && until_ms <= now_ms;
}

/* The freeze of a region, or of everything ("*"), that holds now. */
static const struct control_freeze *freeze_of(const struct control_state *state, const char *name,
                                              int64_t now_ms, struct control_times *times)
{
    const struct control_entry *entry = control_state_find(state, CONTROL_FREEZE, name);
    if (!entry || is_over(entry->meaning.freeze.until_ms, now_ms))
        return NULL;
    note_time(times, 0, entry->meaning.freeze.until_ms, now_ms);
    return &entry->meaning.freeze;
}

/* In order of their names. *regions is to be freed. -1 when out of memory. */
static int list_regions(const struct control_state *state, int64_t now_ms,
                        struct control_times *times, struct region **regions, size_t *n)
{
    size_t n_entries;
    const struct control_entry **entries = control_state_sorted(state, CONTROL_REGION, &n_entries);
    *n = 0;
    *regions = calloc(n_entries + 1, sizeof **regions);
    if (!*regions || n_entries != control_state_count(state, CONTROL_REGION)) {
        free(entries);
        return -1;
    }
    for (size_t i = 0; i < n_entries; i++) {
        const struct region *region = &entries[i]->meaning.region;
        if (is_over(region->until_ms, now_ms))
            continue;
        note_time(times, region->from_ms, region->until_ms, now_ms);
        struct region *into = &(*regions)[(*n)++];
        *into = *region;
        const struct control_freeze *freeze = freeze_of(state, region->name, now_ms, times);
        if (!freeze)
            continue;
        into->closed = true;
        into->from_ms = 0;
        into->until_ms = freeze->until_ms;
        if (freeze->words[0])
            memcpy(into->words, freeze->words, sizeof into->words);
    }
    free(entries);
    return 0;
}

/* *bans is to be freed. -1 when out of memory. */
static int list_bans(const struct control_state *state, int64_t now_ms, struct control_times *times,
                     struct ban **bans, size_t *n)
{
    *n = 0;
    *bans = calloc(control_state_count(state, CONTROL_BAN) + 1, sizeof **bans);
    if (!*bans)
        return -1;
    for (const struct control_entry *entry = control_state_newest(state, CONTROL_BAN); entry;
         entry = control_state_older(entry)) {
        const struct ban *ban = &entry->meaning.ban;
        if (is_over(ban->until_ms, now_ms))
            continue;
        span_next(0, ban->until_ms, now_ms, &times->next_ms);
        (*bans)[(*n)++] = *ban;
    }
    return 0;
}

static void set_frozen(const struct control_state *state, int64_t now_ms,
                       struct control_times *times, struct ruleset_parts *parts)
{
    const struct control_freeze *freeze = freeze_of(state, "*", now_ms, times);
    if (freeze) {
        parts->frozen = true;
        parts->frozen_until_ms = freeze->until_ms;
        memcpy(parts->frozen_words, freeze->words, sizeof parts->frozen_words);
    }
    if (control_state_stranger(state)) {
        parts->frozen = true;
        parts->frozen_until_ms = 0;
        snprintf(parts->frozen_words, sizeof parts->frozen_words,
                 "this server is older than the rules");
    }
}

struct ruleset *control_rules_make(const struct control_state *state, uint64_t serial,
                                   int64_t now_ms, struct control_times *times)
{
    struct region *regions = NULL;
    struct ban *bans = NULL;
    struct ruleset *ruleset = NULL;
    struct ruleset_parts parts = {.serial = serial, .colours = RULESET_ALL_COLOURS};
    const struct control_entry *palette = control_state_find(state, CONTROL_PALETTE, "*");
    if (palette)
        parts.colours = palette->meaning.colours;
    set_frozen(state, now_ms, times, &parts);
    if (list_regions(state, now_ms, times, &regions, &parts.n_regions) == 0 &&
        list_bans(state, now_ms, times, &bans, &parts.n_bans) == 0) {
        parts.regions = regions;
        parts.bans = bans;
        ruleset = ruleset_create(&parts);
    }
    free(regions);
    free(bans);
    return ruleset;
}
