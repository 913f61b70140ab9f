/* SPDX-License-Identifier: ISC */
/* gathering: two arrays that grow, and are released when they are empty and large. */
#include "session/gathering.h"

#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/costs.h"
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

/* Value and headers of a record of so many edits and runs, at most. */
static size_t record_bytes(const struct record_room *room, size_t edits, size_t runs)
{
    return POSITION_BYTES + EDIT_BYTES * edits + 1 + runs * AUTHORS_RUN_BYTES +
           (room->costs ? costs_bytes(runs) : 0);
}

static bool fits(const struct record_room *room, size_t edits, size_t runs)
{
    return edits <= room->edits && record_bytes(room, edits, runs) <= room->bytes;
}

bool gathering_is_full(const struct gathering *g, const struct record_room *room, size_t edits)
{
    return g->n_edits > 0 && !fits(room, g->n_edits + edits, g->n_tickets + 1);
}

/* A run of authors while tickets are added to it. */
struct run {
    uint64_t author;
    uint32_t edits, cost;
};

/* False: the ticket begins another run. */
static bool join_run(struct run *run, const struct ticket *ticket)
{
    const struct reservation *reservation = &ticket->reservation;
    if (run->edits == 0 || run->author != reservation->author ||
        run->edits + ticket->edits > AUTHORS_RUN_MAX || reservation->cost > UINT32_MAX - run->cost)
        return false;
    run->edits += ticket->edits;
    run->cost += reservation->cost;
    return true;
}

static struct run begin_run(const struct ticket *ticket)
{
    return (struct run){ticket->reservation.author, ticket->edits, ticket->reservation.cost};
}

struct gathered gathering_first(struct gathering *g, const struct record_room *room)
{
    struct gathered first = {0};
    struct run run = {0};
    for (; first.n_tickets < g->n_tickets; first.n_tickets++) {
        const struct ticket *ticket = &g->tickets[first.n_tickets];
        bool joins = join_run(&run, ticket);
        if (first.n_tickets > 0 &&
            !fits(room, first.n_edits + ticket->edits, first.n_runs + !joins))
            break;
        if (!joins)
            run = begin_run(ticket);
        first.n_runs += !joins;
        first.n_edits += ticket->edits;
    }
    /* The canvas at (0, 0) is the one that needs no position. */
    bool plain = position_equal(g->position, (struct position){0, 0});
    size_t prefix = plain ? 0 : POSITION_BYTES;
    uint8_t *value = g->bytes + POSITION_BYTES - prefix;
    if (!plain)
        position_store(value, g->position);
    first.value = (struct span){value, prefix + EDIT_BYTES * first.n_edits};
    return first;
}

static void store_run(size_t i, const struct run *run, uint8_t *authors, uint8_t *costs)
{
    authors_store_run(authors, i, (struct authors_run){(uint16_t)run->edits, run->author});
    if (costs)
        costs_store_run(costs, i, run->cost);
}

void gathering_store_headers(const struct gathering *g, const struct gathered *gathered,
                             uint8_t *authors, uint8_t *costs)
{
    struct run run = {0};
    size_t n = 0;
    for (size_t i = 0; i < gathered->n_tickets; i++) {
        if (join_run(&run, &g->tickets[i]))
            continue;
        if (run.edits > 0)
            store_run(n++, &run, authors, costs);
        run = begin_run(&g->tickets[i]);
    }
    store_run(n, &run, authors, costs);
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
