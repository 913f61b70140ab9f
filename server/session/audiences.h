/* SPDX-License-Identifier: ISC */
/*
 * audiences: the canvases that a shard has viewers of, when each is to be visited next, and what
 * their fan-outs share. Shard's thread.
 */
#ifndef PLACED_SESSION_AUDIENCES_H
#define PLACED_SESSION_AUDIENCES_H

#include <stddef.h>
#include <stdint.h>

#include "session/audience.h"
#include "session/frame.h"
#include "session/pace.h"

struct audiences {
    struct news news;
    struct frames frames;
    struct pace pace;
    struct audience **all;
    uint64_t *due_us; /* by index in all: when to visit it; 0: at once, UINT64_MAX: at the next
                         news. In an array of its own, because every turn looks at all of it */
    uint32_t n, room;
    struct audience **by_place; /* by place_index; NULL: no viewer here */
    size_t n_places;
};

void audiences_init(struct audiences *audiences, struct metrics *metrics, uint64_t tick_us,
                    void (*notify)(struct news *news));
void audiences_finish(struct audiences *audiences); /* after the last has left */

/* The audience of this canvas, made when it has none. NULL when out of memory. The caller adds a
 * member or calls audiences_leave. */
struct audience *audiences_join(struct audiences *audiences, struct canvas_place *place);

/* A member has been removed: an audience without any goes. */
void audiences_leave(struct audiences *audiences, struct audience *audience);

/* Those that have news are to be visited at once. */
void audiences_take_news(struct audiences *audiences);

#endif
