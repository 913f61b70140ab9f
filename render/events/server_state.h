/* SPDX-License-Identifier: ISC */
/* server_state: what a server publishes of itself: its farm as an event (event.h). Pure. */
#ifndef PLACED_RENDER_EVENTS_SERVER_STATE_H
#define PLACED_RENDER_EVENTS_SERVER_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "render/farm/farm.h"
#include "render/queue/queue.h"

/* server: 16 hex digits. farm: NULL, no pools. The length of the text, which no NUL ends. */
size_t server_state_write(char text[QUEUE_VALUE_MAX], const char *server, const char *host,
                          int64_t at_ms, const struct farm *farm);

/* The event of its end. */
size_t server_state_write_gone(char text[QUEUE_VALUE_MAX], const char *server);

#endif
