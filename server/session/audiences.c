/* SPDX-License-Identifier: ISC */
/* audiences: found by the place's index, walked along by their own. */
#include "session/audiences.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 16 };

void audiences_init(struct audiences *audiences, struct metrics *metrics, uint64_t tick_us,
                    void (*notify)(struct news *news))
{
    memset(audiences, 0, sizeof *audiences);
    audiences->news.notify = notify;
    frames_init(&audiences->frames, metrics);
    pace_init(&audiences->pace, metrics, tick_us);
}

void audiences_finish(struct audiences *audiences)
{
    frames_finish(&audiences->frames);
    free(audiences->all);
    free(audiences->due_us);
    free(audiences->by_place);
}

static int make_room(struct audiences *audiences, size_t place)
{
    if (place >= audiences->n_places) {
        size_t n = place + FIRST_ROOM;
        struct audience **by_place = realloc(audiences->by_place, n * sizeof(struct audience *));
        if (!by_place)
            return -1;
        memset(by_place + audiences->n_places, 0,
               (n - audiences->n_places) * sizeof(struct audience *));
        audiences->by_place = by_place;
        audiences->n_places = n;
    }
    if (audiences->n < audiences->room)
        return 0;
    uint32_t room = audiences->room ? 2 * audiences->room : FIRST_ROOM;
    struct audience **all = realloc(audiences->all, room * sizeof(struct audience *));
    if (!all)
        return -1;
    audiences->all = all;
    uint64_t *due_us = realloc(audiences->due_us, room * sizeof *due_us);
    if (!due_us)
        return -1;
    audiences->due_us = due_us;
    audiences->room = room;
    return 0;
}

struct audience *audiences_join(struct audiences *audiences, struct canvas_place *place)
{
    size_t at = place_index(place);
    if (at < audiences->n_places && audiences->by_place[at])
        return audiences->by_place[at];
    if (make_room(audiences, at) != 0)
        return NULL;
    struct audience *audience =
        audience_create(place, &audiences->news, &audiences->frames, &audiences->pace);
    if (!audience)
        return NULL;
    audience->index = audiences->n;
    audiences->by_place[at] = audience;
    audiences->due_us[audiences->n] = UINT64_MAX;
    audiences->all[audiences->n++] = audience;
    return audience;
}

void audiences_leave(struct audiences *audiences, struct audience *audience)
{
    if (audience->n > 0)
        return;
    audience_stop(audience);
    audiences_take_news(audiences); /* it may be on the list */
    uint32_t at = audience->index, last = --audiences->n;
    audiences->all[at] = audiences->all[last];
    audiences->all[at]->index = at;
    audiences->due_us[at] = audiences->due_us[last];
    audiences->by_place[place_index(audience->place)] = NULL;
    audience_destroy(audience);
}

void audiences_take_news(struct audiences *audiences)
{
    struct audience *taken = NULL, *audience;
    while ((audience = news_take(&audiences->news, &taken)))
        audiences->due_us[audience->index] = 0;
}
