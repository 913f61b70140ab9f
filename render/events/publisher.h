/* SPDX-License-Identifier: ISC */
/*
 * publisher: appends events. The server's own state goes out when it has changed, at most four
 * times a second, and every five seconds; only one state is under way at a time, so that while the
 * queue does not take it the newest replaces those before. Others' events are taken while fewer
 * than PUBLISHER_FLIGHT are under way, and counted when they are not.
 *
 * Threads: the loop's; outcomes come on the queue's.
 */
#ifndef PLACED_RENDER_EVENTS_PUBLISHER_H
#define PLACED_RENDER_EVENTS_PUBLISHER_H

#include <stddef.h>
#include <stdint.h>

#include "render/queue/queue.h"

enum { PUBLISHER_FLIGHT = 4096 };

struct ev_loop;
struct farm;
struct publisher;

/* server and host must outlive it. NULL: no memory. */
struct publisher *publisher_create(struct ev_loop *loop, struct queue *queue, const char *server,
                                   const char *host);
/* Publish that the server has gone. Waits until no outcome is due any more: the queue bounds that.
 * NULL is fine. */
void publisher_destroy(struct publisher *publisher);

/* Whose state it is from now on; NULL: nobody's, it has no pools. */
void publisher_set_farm(struct publisher *publisher, struct farm *farm);

/* The state has changed. */
void publisher_changed(struct publisher *publisher);

/* An event as it is; the bytes are copied. */
void publisher_publish(struct publisher *publisher, const char *json, size_t len);

/* Events that were not taken, or not stored. */
uint64_t publisher_lost(const struct publisher *publisher);

#endif
