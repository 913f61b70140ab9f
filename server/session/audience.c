/* SPDX-License-Identifier: ISC */
/* audience: a dense array of sessions, so that a round of sends walks along it. */
#include "session/audience.h"

#include <stddef.h>
#include <stdlib.h>

enum { FIRST_ROOM = 4 };

/* From the reader's thread. */
static void on_changed(struct place_watcher *watcher)
{
    struct audience *audience =
        (struct audience *)((char *)watcher - offsetof(struct audience, watcher));
    struct news *news = audience->news;
    if (atomic_exchange_explicit(&audience->has_news, true, memory_order_acq_rel))
        return;
    struct audience *head = atomic_load_explicit(&news->head, memory_order_relaxed);
    do
        audience->next_news = head;
    while (!atomic_compare_exchange_weak_explicit(&news->head, &head, audience,
                                                  memory_order_release, memory_order_relaxed));
    news->notify(news);
}

struct audience *audience_create(struct canvas_place *place, struct news *news,
                                 struct frames *frames, const struct pace *pace)
{
    struct audience *audience = calloc(1, sizeof *audience);
    if (!audience)
        return NULL;
    audience->watcher.changed = on_changed;
    audience->place = place;
    audience->news = news;
    if (place_watch(place, &audience->watcher) != 0) {
        free(audience);
        return NULL;
    }
    fanout_init(&audience->fanout, place, frames, pace);
    return audience;
}

void audience_stop(struct audience *audience)
{
    place_unwatch(audience->place, &audience->watcher);
}

void audience_destroy(struct audience *audience)
{
    if (!audience)
        return;
    free(audience->members);
    free(audience);
}

int audience_add(struct audience *audience, struct session *session, uint32_t *member)
{
    if (audience->n == audience->room) {
        uint32_t room = audience->room ? 2 * audience->room : FIRST_ROOM;
        struct session **members = realloc(audience->members, room * sizeof(struct session *));
        if (!members)
            return -1;
        audience->members = members;
        audience->room = room;
    }
    *member = audience->n;
    audience->members[audience->n++] = session;
    return 0;
}

struct session *audience_remove(struct audience *audience, uint32_t member)
{
    struct session *last = audience->members[--audience->n];
    if (member == audience->n)
        return NULL;
    audience->members[member] = last;
    return last;
}

struct audience *news_take(struct news *news, struct audience **taken)
{
    if (!*taken)
        *taken = atomic_exchange_explicit(&news->head, NULL, memory_order_acquire);
    struct audience *audience = *taken;
    if (!audience)
        return NULL;
    *taken = audience->next_news; /* before it can be put on the list again */
    /* An exchange and not a store: whoever found it on the list wrote to the ring before, and so
     * that can be seen after. */
    atomic_exchange_explicit(&audience->has_news, false, memory_order_acq_rel);
    return audience;
}
