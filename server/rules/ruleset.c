/* SPDX-License-Identifier: ISC */
/* ruleset: where several regions or bans meet, the strictest counts. */
#include "rules/ruleset.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/canvas.h"
#include "rules/region_tree.h"

struct ruleset {
    atomic_uint count;
    struct ruleset_parts parts; /* its arrays are those below */
    struct region *region_copies;
    struct ban *ban_copies;
    struct region_tree *regions;
    struct ban_table *bans;
};

/* A copy of n things; never NULL but without memory. */
static void *copy(const void *from, size_t n, size_t size)
{
    void *into = calloc(n + 1, size);
    if (into && n > 0)
        memcpy(into, from, n * size);
    return into;
}

static void destroy(struct ruleset *ruleset)
{
    region_tree_destroy(ruleset->regions);
    ban_table_destroy(ruleset->bans);
    free(ruleset->region_copies);
    free(ruleset->ban_copies);
    free(ruleset);
}

struct ruleset *ruleset_create(const struct ruleset_parts *parts)
{
    struct ruleset *ruleset = calloc(1, sizeof *ruleset);
    if (!ruleset)
        return NULL;
    atomic_init(&ruleset->count, 1);
    ruleset->parts = *parts;
    if (ruleset->parts.n_regions > RULESET_REGIONS)
        ruleset->parts.n_regions = RULESET_REGIONS;
    ruleset->region_copies = copy(parts->regions, ruleset->parts.n_regions, sizeof *parts->regions);
    ruleset->ban_copies = copy(parts->bans, parts->n_bans, sizeof *parts->bans);
    ruleset->parts.regions = ruleset->region_copies;
    ruleset->parts.bans = ruleset->ban_copies;
    if (ruleset->parts.regions && ruleset->parts.bans) {
        ruleset->regions = region_tree_create(ruleset->parts.regions, ruleset->parts.n_regions);
        ruleset->bans = ban_table_create(ruleset->parts.bans, parts->n_bans);
    }
    if (ruleset->regions && ruleset->bans)
        return ruleset;
    destroy(ruleset);
    return NULL;
}

struct ruleset *ruleset_ref(struct ruleset *ruleset)
{
    atomic_fetch_add(&ruleset->count, 1);
    return ruleset;
}

void ruleset_unref(struct ruleset *ruleset)
{
    if (ruleset && atomic_fetch_sub(&ruleset->count, 1) == 1)
        destroy(ruleset);
}

uint64_t ruleset_serial(const struct ruleset *ruleset)
{
    return ruleset->parts.serial;
}

const struct ruleset_parts *ruleset_parts(const struct ruleset *ruleset)
{
    return &ruleset->parts;
}

static void obstruct(struct obstacle *obstacle, enum refusal reason, int64_t until_ms,
                     const char words[RULESET_WORDS])
{
    obstacle->reason = reason;
    obstacle->until_ms = until_ms;
    memcpy(obstacle->words, words, sizeof obstacle->words);
}

bool ruleset_admits(const struct ruleset *ruleset, const struct visitor *visitor, int64_t now_ms,
                    uint32_t *percent, struct obstacle *obstacle)
{
    const struct ruleset_parts *parts = &ruleset->parts;
    if (parts->frozen) {
        obstruct(obstacle, REFUSAL_FROZEN, parts->frozen_until_ms, parts->frozen_words);
        return false;
    }
    struct ban_sum sum = ban_table_visitor(ruleset->bans, visitor, now_ms);
    *percent = sum.percent;
    if (!sum.barred)
        return true;
    obstruct(obstacle, REFUSAL_BANNED, sum.barred->until_ms, sum.barred->words);
    return false;
}

static bool holds(const struct region *region, int64_t now_ms)
{
    return now_ms >= region->from_ms && (region->until_ms == 0 || now_ms < region->until_ms);
}

/* Of two regions that refuse an edit: the one that does so longer; else the first. */
static const struct region *longer(const struct region *a, const struct region *b)
{
    if (!a || a->until_ms == b->until_ms)
        return !a || b < a ? b : a;
    if (a->until_ms == 0 || (b->until_ms != 0 && a->until_ms > b->until_ms))
        return a;
    return b;
}

/* What the regions at a pixel say of it together. */
struct region_sum {
    const struct region *closed;     /* NULL: none is */
    const struct region *discolours; /* does not allow the colour; NULL: all do */
    uint32_t percent;
};

static struct region_sum sum_regions(const struct ruleset *ruleset, int32_t x, int32_t y,
                                     uint32_t colour, int64_t now_ms)
{
    struct region_sum sum = {NULL, NULL, 100};
    uint16_t found[RULESET_REGIONS];
    size_t n = region_tree_at(ruleset->regions, x, y, found);
    for (size_t i = 0; i < n; i++) {
        const struct region *region = &ruleset->parts.regions[found[i]];
        if (!holds(region, now_ms))
            continue;
        if (region->closed)
            sum.closed = longer(sum.closed, region);
        if (!(region->colours >> colour & 1))
            sum.discolours = longer(sum.discolours, region);
        /* One that costs what it costs everywhere has no say. */
        if (region->percent != 100 && (sum.percent == 100 || region->percent > sum.percent))
            sum.percent = region->percent;
    }
    return sum;
}

bool ruleset_allows(const struct ruleset *ruleset, struct position canvas, uint32_t x, uint32_t y,
                    uint32_t colour, int64_t now_ms, uint32_t *percent, struct obstacle *obstacle)
{
    static const char nothing[RULESET_WORDS];
    *percent = 100;
    if (ruleset->parts.n_regions > 0) {
        int32_t column = canvas.gx * CANVAS_WIDTH + (int32_t)x;
        int32_t row = canvas.gy * CANVAS_HEIGHT + (int32_t)y;
        struct region_sum sum = sum_regions(ruleset, column, row, colour, now_ms);
        *percent = sum.percent;
        if (sum.closed || sum.discolours) {
            const struct region *region = sum.closed ? sum.closed : sum.discolours;
            obstruct(obstacle, sum.closed ? REFUSAL_AREA : REFUSAL_COLOUR, region->until_ms,
                     region->words);
            return false;
        }
    }
    if (ruleset->parts.colours >> colour & 1)
        return true;
    obstruct(obstacle, REFUSAL_COLOUR, 0, nothing);
    return false;
}

bool ruleset_bans_author(const struct ruleset *ruleset, uint64_t author, int64_t now_ms)
{
    return ban_table_author(ruleset->bans, author, now_ms).barred != NULL;
}
