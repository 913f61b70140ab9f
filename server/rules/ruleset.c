/* SPDX-License-Identifier: ISC */
/* ruleset: see ruleset.h. */
#include "rules/ruleset.h"

#include <stdatomic.h>
#include <stdlib.h>

struct ruleset {
    atomic_uint count;
    struct ruleset_parts parts;
};

struct ruleset *ruleset_create(const struct ruleset_parts *parts)
{
    struct ruleset *ruleset = calloc(1, sizeof *ruleset);
    if (!ruleset)
        return NULL;
    atomic_init(&ruleset->count, 1);
    ruleset->parts = *parts;
    return ruleset;
}

struct ruleset *ruleset_ref(struct ruleset *ruleset)
{
    atomic_fetch_add(&ruleset->count, 1);
    return ruleset;
}

void ruleset_unref(struct ruleset *ruleset)
{
    if (ruleset && atomic_fetch_sub(&ruleset->count, 1) == 1)
        free(ruleset);
}

uint64_t ruleset_serial(const struct ruleset *ruleset)
{
    return ruleset->parts.serial;
}

const struct ruleset_parts *ruleset_parts(const struct ruleset *ruleset)
{
    return &ruleset->parts;
}

bool ruleset_admits(const struct ruleset *ruleset, const struct visitor *visitor, int64_t now_ms,
                    uint32_t *percent, struct obstacle *obstacle)
{
    *percent = 100;
    return true;
}

bool ruleset_allows(const struct ruleset *ruleset, struct position canvas, uint32_t x, uint32_t y,
                    uint32_t colour, int64_t now_ms, uint32_t *percent, struct obstacle *obstacle)
{
    *percent = 100;
    return true;
}

bool ruleset_bans_author(const struct ruleset *ruleset, uint64_t author, int64_t now_ms)
{
    return false;
}
