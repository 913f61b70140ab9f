/* SPDX-License-Identifier: ISC */
/* gathering: two arrays that grow, and are released when they are empty and large. */
#include "session/gathering.h"

#include <stdlib.h>
#include <string.h>

#include "core/edit.h"

enum {
    FIRST_EDITS = 256,
    FIRST_TICKETS = 16,
    KEPT_EDITS = 1024, /* an empty one keeps room for so many */
};

static int reserve(struct gathering *g, size_t edits)
{
    if (g->n_tickets == g->tickets_room) {
        size_t room = g->tickets_room ? 2 * g->tickets_room : FIRST_TICKETS;
        struct ticket *tickets = realloc(g->tickets, room * sizeof *tickets);
        if (!tickets)
            return -1;
        g->tickets = tickets;
        g->tickets_room = room;
    }
    if (g->n_edits + edits <= g->edits_room)
        return 0;
    size_t room = g->edits_room ? g->edits_room : FIRST_EDITS;
    while (room < g->n_edits + edits)
        room *= 2;
    uint8_t *bytes = realloc(g->bytes, POSITION_BYTES + EDIT_BYTES * room);
    if (!bytes)
        return -1;
    g->bytes = bytes;
    g->edits_room = room;
    return 0;
}

int gathering_add(struct gathering *g, const struct ticket *ticket, const uint8_t *edits)
{
    if (reserve(g, ticket->edits) != 0)
        return -1;
    memcpy(g->bytes + POSITION_BYTES + EDIT_BYTES * g->n_edits, edits,
           (size_t)EDIT_BYTES * ticket->edits);
    g->n_edits += ticket->edits;
    g->tickets[g->n_tickets++] = *ticket;
    return 0;
}

struct gathered gathering_first(struct gathering *g, size_t max_edits)
{
    struct gathered first = {.n_edits = g->tickets[0].edits, .n_tickets = 1};
    while (first.n_tickets < g->n_tickets &&
           first.n_edits + g->tickets[first.n_tickets].edits <= max_edits)
        first.n_edits += g->tickets[first.n_tickets++].edits;
    /* The canvas at (0, 0) is the one that needs no position. */
    bool plain = position_equal(g->position, (struct position){0, 0});
    size_t prefix = plain ? 0 : POSITION_BYTES;
    uint8_t *value = g->bytes + POSITION_BYTES - prefix;
    if (!plain)
        position_store(value, g->position);
    first.value = (struct span){value, prefix + EDIT_BYTES * first.n_edits};
    return first;
}

void gathering_drop(struct gathering *g, const struct gathered *gathered)
{
    uint8_t *edits = g->bytes + POSITION_BYTES;
    g->n_edits -= gathered->n_edits;
    g->n_tickets -= gathered->n_tickets;
    memmove(edits, edits + EDIT_BYTES * gathered->n_edits, EDIT_BYTES * g->n_edits);
    memmove(g->tickets, g->tickets + gathered->n_tickets, g->n_tickets * sizeof *g->tickets);
    if (g->n_edits == 0 && g->edits_room > KEPT_EDITS)
        gathering_clear(g);
}

void gathering_clear(struct gathering *g)
{
    free(g->bytes);
    free(g->tickets);
    g->bytes = NULL;
    g->tickets = NULL;
    g->n_edits = g->edits_room = g->n_tickets = g->tickets_room = 0;
}
