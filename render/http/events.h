/* SPDX-License-Identifier: ISC */
/*
 * events: GET /events: what there is, and then each change of it, as server-sent events:
 *
 *   event: snapshot   data: the whole view (render/events/view.h)
 *   event: change     data: one event (render/events/event.h)
 *
 * and a comment every 15 s, by which proxies and clients know that the connection lives. A client
 * that reads too slowly is cut off (web_stream.h), comes back and gets a new snapshot.
 */
#ifndef PLACED_RENDER_HTTP_EVENTS_H
#define PLACED_RENDER_HTTP_EVENTS_H

#include <stddef.h>

struct event_streams;
struct site;
struct web_request;

enum { EVENT_STREAMS = 1000 };

/* Listens to site->events, which must be there and outlive it. NULL: no memory. */
struct event_streams *event_streams_create(struct site *site);
/* After the front. NULL is fine. */
void event_streams_destroy(struct event_streams *streams);

void events_get(struct web_request *request);

#endif
