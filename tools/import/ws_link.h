/* SPDX-License-Identifier: ISC */
/*
 * ws_link: one WebSocket to a canvas of a running server, on a socket that does not block. What the
 * server broadcasts is read and dropped; what it says is handed on.
 */
#ifndef PLACED_IMPORT_WS_LINK_H
#define PLACED_IMPORT_WS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "edit-flood/said.h"
#include "edit-flood/target.h"
#include "edit-flood/tls.h"

enum { WS_LINK_ERROR_BYTES = 256 };

struct ws_link;

/* Connect, and wait up to 10 s for the server's hello. context: for https targets. NULL with a
 * reason in error (empty: stop_asked); *missing: because the server has no such canvas. */
struct ws_link *ws_link_open(const struct target *target, struct tls_context *context,
                             struct position position, bool *missing,
                             char error[WS_LINK_ERROR_BYTES]);
void ws_link_close(struct ws_link *link); /* NULL is fine */

int ws_link_fd(const struct ws_link *link);

/* Is something of what was sent still waiting for room in the socket? */
bool ws_link_waits(const struct ws_link *link);

/* Send a message of edits (3n bytes, n up to 256), or keep it until there is room: the caller
 * bounds how many messages are without an answer. 0, or -1 with a reason in error. */
int ws_link_send(struct ws_link *link, uint32_t id, const uint8_t *edits, size_t n,
                 char error[WS_LINK_ERROR_BYTES]);

/* Read and write what can be, without waiting. heard gets every message that is text. 0; -1 with a
 * reason in error: the connection is over. */
int ws_link_run(struct ws_link *link, void (*heard)(void *arg, const struct said *said), void *arg,
                char error[WS_LINK_ERROR_BYTES]);

#endif
