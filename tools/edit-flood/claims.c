/* SPDX-License-Identifier: ISC */
/* claims: see claims.h. */
#include "claims.h"

#include <inttypes.h>
#include <stdlib.h>

#include "conn.h"
#include "core/edit.h"

/* The stream is there now: was the edit in it? */
static void check(struct flood *flood, const struct board *board, const struct claim *claim)
{
    uint32_t words[WIRE_EDITS_MAX];
    pattern_words(flood->pattern, claim->first, claim->n, words);
    size_t unseen = ledger_acknowledged(flood->ledger, board->key, words, claim->n);
    if (unseen == 0)
        return;
    if ((int32_t)(claim->sent_us - board->reference_us) <= 0) {
        stat_add(flood->stats, unverified,
                 unseen); /* it may have come before the reference began */
        return;
    }
    stat_add(flood->stats, unseen, unseen);
    stats_note(flood->stats,
               "%s: %zu edits acknowledged at version %" PRIu64
               " are not in the stream, the first at (%u, %u)",
               conn_name(flood, &flood->conns[claim->conn]), unseen, claim->version,
               edit_x(words[0]), edit_y(words[0]));
}

static struct claim *oldest(const struct claims *claims)
{
    return &claims->items[claims->first];
}

static void drop_oldest(struct claims *claims)
{
    claims->first = (claims->first + 1) & (claims->room - 1);
    claims->count--;
}

void claims_check(struct flood *flood, struct board *board)
{
    struct claims *claims = &board->claims;
    while (claims->count > 0 && oldest(claims)->version <= reference_version(&board->reference)) {
        check(flood, board, oldest(claims));
        drop_oldest(claims);
    }
}

void claims_check_all(struct flood *flood, struct board *board)
{
    for (; board->claims.count > 0; drop_oldest(&board->claims))
        check(flood, board, oldest(&board->claims));
}

/* Twice as much room. False when out of memory. */
static bool grow(struct claims *claims)
{
    size_t room = claims->room ? 2 * claims->room : 1024;
    struct claim *items = malloc(room * sizeof *items);
    if (!items)
        return false;
    for (size_t i = 0; i < claims->count; i++)
        items[i] = claims->items[(claims->first + i) & (claims->room - 1)];
    free(claims->items);
    *claims = (struct claims){.items = items, .count = claims->count, .room = room};
    return true;
}

void claims_add(struct flood *flood, struct board *board, const struct claim *claim)
{
    struct claims *claims = &board->claims;
    if (claim->version <= reference_version(&board->reference) ||
        (claims->count == claims->room && !grow(claims))) {
        check(flood, board, claim);
        return;
    }
    claims->items[(claims->first + claims->count++) & (claims->room - 1)] = *claim;
}
