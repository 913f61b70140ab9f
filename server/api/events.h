/* SPDX-License-Identifier: ISC */
/* events: GET .../events, the canvas's edits as server-sent events, for networks that block
 * WebSockets. */
#ifndef PLACED_API_EVENTS_H
#define PLACED_API_EVENTS_H

struct http;

void events_get(struct http *http);

#endif
