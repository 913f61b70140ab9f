/* SPDX-License-Identifier: ISC */
/* homes: see homes.h. A cache of sets of WAYS authors. */
#include "moderation/homes.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
    AUTHORS = 131072,
    WAYS = 8,
    SETS = AUTHORS / WAYS,
    HALVE_MS = 10 * 60 * 1000, /* after this long, what was before counts half */
};

struct home {
    uint64_t author; /* 0: empty */
    int32_t cx, cy;  /* the cell by which it is known */
    uint32_t here, away;
    int64_t halved_ms, last_ms;
};

struct homes {
    struct home entries[AUTHORS];
};

struct homes *homes_create(void)
{
    return calloc(1, sizeof(struct homes));
}

void homes_destroy(struct homes *homes)
{
    free(homes);
}

static size_t set_of(uint64_t author)
{
    return (size_t)(author * UINT64_C(0x9e3779b97f4a7c15) >> 32) % SETS * WAYS;
}

static bool is_near(const struct home *home, int32_t cx, int32_t cy)
{
    return abs(home->cx - cx) <= HOMES_NEAR && abs(home->cy - cy) <= HOMES_NEAR;
}

void homes_note(struct homes *homes, uint64_t author, int32_t cx, int32_t cy, int64_t time_ms)
{
    struct home *set = &homes->entries[set_of(author)], *home = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].author == author) {
            home = &set[i];
            break;
        }
        if (set[i].last_ms < home->last_ms) /* an empty one: 0 */
            home = &set[i];
    }
    if (home->author != author)
        *home = (struct home){.author = author, .cx = cx, .cy = cy, .halved_ms = time_ms};
    if (time_ms - home->halved_ms >= HALVE_MS) {
        home->here /= 2;
        home->away /= 2;
        home->halved_ms = time_ms;
    }
    home->last_ms = time_ms;
    if (is_near(home, cx, cy)) {
        home->here++;
        return;
    }
    home->away++;
    if (home->away > home->here) { /* it has moved */
        uint32_t away = home->here;
        home->here = home->away;
        home->away = away;
        home->cx = cx;
        home->cy = cy;
    }
}

uint32_t homes_elsewhere(const struct homes *homes, uint64_t author, int32_t cx, int32_t cy)
{
    const struct home *set = &homes->entries[set_of(author)];
    for (size_t i = 0; i < WAYS; i++)
        if (set[i].author == author)
            return is_near(&set[i], cx, cy) ? set[i].away : set[i].here + set[i].away;
    return 0;
}
