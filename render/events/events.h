/* SPDX-License-Identifier: ISC */
/*
 * events: what all servers know of each other. Each publishes its own (publisher.h) on the topic
 * `events`, and everything that it knows is a fold of that topic (view.h), its own events included.
 *
 * One thread reads the topic and checks what it reads; the fold, and telling who listens, is the
 * loop's. Between them at most EVENTS_WAITING events wait.
 *
 * Threads: the loop's.
 */
#ifndef PLACED_RENDER_EVENTS_EVENTS_H
#define PLACED_RENDER_EVENTS_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "render/events/event.h"
#include "render/events/view.h"
#include "render/farm/farm.h"
#include "render/queue/queue.h"

enum { EVENTS_WAITING = 256 };

struct ev_loop;
struct events;

/* Begin to read and to publish; host: the name of this machine, for people. NULL with a reason in
 * error. */
struct events *events_create(struct ev_loop *loop, struct queue *queue, const char *host,
                             char error[QUEUE_ERROR_BYTES]);
/* Publishes that this server has gone. After the farm, whose observer it is; before the queue.
 * NULL is fine. */
void events_destroy(struct events *events);

/* This server in events: 16 hex digits, made anew at each start. */
const char *events_server(const struct events *events);

/* For farm_config. events_set_farm says whose pools they are: the farm once it is there, and NULL
 * before it goes. */
struct farm_observer *events_observer(struct events *events);
void events_set_farm(struct events *events, struct farm *farm);

/* Publish an event; the bytes are copied. Never waits. While the queue takes none, some are lost.
 */
void events_publish(struct events *events, const char *json, size_t len);
uint64_t events_lost(const struct events *events);

/* Somebody who is told of each event, from the oldest that is kept on. Embed it. */
struct events_listener {
    /* event: until it returns. The view has not got it yet. */
    void (*heard)(struct events_listener *listener, const struct event *event);
    /* Its own: */
    struct events_listener *next, **link;
};

void events_listen(struct events *events, struct events_listener *listener);
void events_unlisten(struct events_listener *listener); /* fine when it does not listen */

/* What there is now; until the next turn of the loop. */
struct view *events_view(struct events *events);

#endif
