/* SPDX-License-Identifier: ISC */
/* suspects: see suspects.h. A short list. */
#include "moderation/suspects.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct suspects {
    struct suspect list[SUSPECTS_MAX];
    size_t n;
    struct suspects_tally tally;
};

struct suspects *suspects_create(void)
{
    return calloc(1, sizeof(struct suspects));
}

void suspects_destroy(struct suspects *suspects)
{
    if (!suspects)
        return;
    for (size_t i = 0; i < suspects->n; i++)
        free(suspects->list[i].authors);
    free(suspects);
}

static void remove_at(struct suspects *suspects, size_t at)
{
    free(suspects->list[at].authors);
    memmove(suspects->list + at, suspects->list + at + 1,
            (--suspects->n - at) * sizeof *suspects->list);
}

static void make_room(struct suspects *suspects)
{
    size_t oldest = 0;
    for (size_t i = 1; i < suspects->n; i++)
        if (suspects->list[i].last_ms < suspects->list[oldest].last_ms)
            oldest = i;
    remove_at(suspects, oldest);
    suspects->tally.dropped++;
}

static bool knows(const struct suspect *suspect, uint64_t author)
{
    for (size_t i = 0; i < suspect->n_authors; i++)
        if (suspect->authors[i] == author)
            return true;
    return false;
}

static void add_authors(struct suspect *suspect, const uint64_t *authors, size_t n)
{
    if (!suspect->authors && n > 0)
        suspect->authors = malloc(SUSPECT_AUTHORS * sizeof *suspect->authors);
    for (size_t i = 0; suspect->authors && i < n; i++)
        if (suspect->n_authors < SUSPECT_AUTHORS && !knows(suspect, authors[i]))
            suspect->authors[suspect->n_authors++] = authors[i];
}

void suspects_found(struct suspects *suspects, int rule, uint64_t network, int32_t x, int32_t y,
                    uint32_t score, int64_t now_ms, const uint64_t *authors, size_t n_authors)
{
    struct suspect *suspect = NULL;
    for (size_t i = suspects->n; i-- > 0 && !suspect;) {
        struct suspect *known = &suspects->list[i];
        if (known->rule == rule && known->network == network &&
            (network != 0 || (known->x == x && known->y == y)) &&
            now_ms - known->last_ms <= SUSPECT_GAP_MS)
            suspect = known;
    }
    suspects->tally.calls++;
    if (!suspect) {
        suspects->tally.findings++;
        if (suspects->n == SUSPECTS_MAX)
            make_room(suspects);
        suspect = &suspects->list[suspects->n++];
        *suspect = (struct suspect){.rule = rule,
                                    .network = network,
                                    .since_ms = now_ms,
                                    .x = network ? 0 : x,
                                    .y = network ? 0 : y};
    }
    suspect->last_ms = now_ms;
    if (suspect->score < score)
        suspect->score = score;
    add_authors(suspect, authors, n_authors);
}

struct suspect *suspects_at(struct suspects *suspects, size_t i)
{
    return i < suspects->n ? &suspects->list[i] : NULL;
}

void suspects_expire(struct suspects *suspects, int64_t before_ms)
{
    for (size_t i = suspects->n; i-- > 0;)
        if (suspects->list[i].last_ms < before_ms)
            remove_at(suspects, i);
}

size_t suspects_count(const struct suspects *suspects)
{
    return suspects->n;
}

struct suspects_tally suspects_tally(const struct suspects *suspects)
{
    return suspects->tally;
}
