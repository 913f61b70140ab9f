/* SPDX-License-Identifier: ISC */
/* shelves: see shelves.h. */
#include "history/shelves.h"

#include <stdlib.h>
#include <string.h>

/* Where a position is in the list, or would be. */
static size_t find_slot(const struct shelves *shelves, struct position p)
{
    size_t low = 0, high = shelves->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct position q = shelves->list[middle]->position;
        if (q.gy < p.gy || (q.gy == p.gy && q.gx < p.gx))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct shelf *shelves_find(const struct shelves *shelves, struct position position)
{
    size_t at = find_slot(shelves, position);
    return at < shelves->n && position_equal(shelves->list[at]->position, position)
               ? shelves->list[at]
               : NULL;
}

int shelves_add(struct shelves *shelves, struct shelf *shelf)
{
    if (shelves->n == shelves->room) {
        size_t room = shelves->room ? 2 * shelves->room : 16;
        struct shelf **list = realloc(shelves->list, room * sizeof(struct shelf *));
        if (!list)
            return -1;
        shelves->list = list;
        shelves->room = room;
    }
    size_t at = find_slot(shelves, shelf->position);
    memmove(shelves->list + at + 1, shelves->list + at, (shelves->n - at) * sizeof(struct shelf *));
    shelves->list[at] = shelf;
    shelves->n++;
    return 0;
}

void shelves_finish(struct shelves *shelves)
{
    for (size_t i = 0; i < shelves->n; i++)
        shelf_destroy(shelves->list[i]);
    free(shelves->list);
    *shelves = (struct shelves){0};
}
