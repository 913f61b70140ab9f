/* SPDX-License-Identifier: ISC */
/*
 * audience: all sessions of a shard that view one canvas, and their fan-out. It is there from the
 * first such session to the last. Shard's thread, but for what the reader's thread does when the
 * canvas changes: it puts the audience on the shard's list of those that have news.
 */
#ifndef PLACED_SESSION_AUDIENCE_H
#define PLACED_SESSION_AUDIENCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "plane/place.h"
#include "session/fanout.h"

struct session;
struct audience;

/* Audiences whose canvas has changed: pushed by the reader's thread, taken by the shard's. Embed
 * it. */
struct news {
    _Atomic(struct audience *) head;
    void (*notify)(struct news *news); /* there is one. Reader's thread */
};

struct audience {
    struct place_watcher watcher;
    struct canvas_place *place;
    struct fanout fanout;
    struct session **members;
    uint32_t n, room;
    uint32_t index; /* in the shard's table of audiences */

    struct news *news;
    _Atomic bool has_news; /* it is on the list */
    struct audience *next_news;

    uint64_t heartbeat_us;      /* the last heartbeat */
    uint64_t heartbeat_version; /* of the checksum that was sent last */
    uint64_t heartbeat_online;  /* sent last */
};

/* Watch the place. NULL when out of memory. */
struct audience *audience_create(struct canvas_place *place, struct news *news,
                                 struct frames *frames, const struct pace *pace);

/* Watch the place no longer. It may still be on the list of news. */
void audience_stop(struct audience *audience);

/* No members are left, it was stopped, and it is on no list. */
void audience_destroy(struct audience *audience);

/* *member becomes the session's index in members, which changes when others leave:
 * audience_remove returns the session that has moved to it, or NULL. -1 when out of memory. */
int audience_add(struct audience *audience, struct session *session, uint32_t *member);
struct session *audience_remove(struct audience *audience, uint32_t member);

/* One after the other that has news, NULL when there is none left; *taken is NULL at first. What is
 * read of its canvas afterwards is newer than what it was put on the list for. */
struct audience *news_take(struct news *news, struct audience **taken);

#endif
