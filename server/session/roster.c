/* SPDX-License-Identifier: ISC */
/* roster: an array of slots with a free list. */
#include "session/roster.h"

#include <stdlib.h>
#include <string.h>

#define NO_SLOT UINT32_MAX

enum { FIRST_ROOM = 64 };

void roster_init(struct roster *roster)
{
    memset(roster, 0, sizeof *roster);
    roster->free_slot = NO_SLOT;
}

void roster_finish(struct roster *roster)
{
    free(roster->slots);
    free(roster->pending);
}

static int grow(struct roster *roster)
{
    uint32_t room = roster->room ? 2 * roster->room : FIRST_ROOM;
    struct roster_slot *slots = realloc(roster->slots, room * sizeof *slots);
    if (!slots)
        return -1;
    roster->slots = slots;
    uint32_t *pending = realloc(roster->pending, room * sizeof *pending);
    if (!pending)
        return -1;
    roster->pending = pending;
    roster->room = room;
    return 0;
}

int roster_add(struct roster *roster, struct session *session, uint32_t *slot)
{
    uint32_t at = roster->free_slot;
    if (at != NO_SLOT) {
        roster->free_slot = roster->slots[at].next_free;
    } else {
        if (roster->n_slots == roster->room && grow(roster) != 0)
            return -1;
        at = roster->n_slots++;
        roster->slots[at] = (struct roster_slot){.generation = 1};
    }
    roster->slots[at].session = session;
    roster->n_sessions++;
    *slot = at;
    return 0;
}

/* Nobody is listed twice, and who leaves is taken off: the list never outgrows the slots. */
static void unlist(struct roster *roster, uint32_t slot)
{
    for (uint32_t i = 0; i < roster->n_pending; i++) {
        if (roster->pending[i] == slot) {
            roster->pending[i] = roster->pending[--roster->n_pending];
            return;
        }
    }
}

void roster_remove(struct roster *roster, uint32_t slot)
{
    struct roster_slot *at = &roster->slots[slot];
    if (at->is_pending)
        unlist(roster, slot);
    at->is_pending = false;
    at->session = NULL;
    at->generation++;
    at->next_free = roster->free_slot;
    roster->free_slot = slot;
    roster->n_sessions--;
}

uint64_t roster_handle(const struct roster *roster, uint32_t slot)
{
    return (uint64_t)roster->slots[slot].generation << 32 | slot;
}

struct session *roster_find(const struct roster *roster, uint64_t handle)
{
    const struct roster_slot *slot = &roster->slots[(uint32_t)handle];
    return slot->generation == handle >> 32 ? slot->session : NULL;
}

void roster_set_pending(struct roster *roster, uint32_t slot)
{
    if (roster->slots[slot].is_pending)
        return;
    roster->slots[slot].is_pending = true;
    roster->pending[roster->n_pending++] = slot;
}

struct session *roster_take_pending(struct roster *roster)
{
    if (roster->n_pending == 0)
        return NULL;
    struct roster_slot *slot = &roster->slots[roster->pending[--roster->n_pending]];
    slot->is_pending = false;
    return slot->session;
}
