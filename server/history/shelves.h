/* SPDX-License-Identifier: ISC */
/* shelves: the canvases of a plane that were ever painted, in order of (gy, gx). */
#ifndef PLACED_HISTORY_SHELVES_H
#define PLACED_HISTORY_SHELVES_H

#include <stddef.h>

#include "history/shelf.h"

struct shelves {
    struct shelf **list;
    size_t n, room;
};

/* NULL: there is none. */
struct shelf *shelves_find(const struct shelves *shelves, struct position position);

/* Take over one whose position has none yet. 0, or -1 without memory. */
int shelves_add(struct shelves *shelves, struct shelf *shelf);

void shelves_finish(struct shelves *shelves); /* with all of them; empty again */

#endif
