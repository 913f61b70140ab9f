/* SPDX-License-Identifier: ISC */
/*
 * agent: answers HAProxy's agent-check: a line, and the connection is closed. "up ready 80%": so
 * fast this machine is (speed.h); "drain": the program is about to end; "down": no renderer is
 * ready. What it costs is bounded: see speed_pause_ms.
 *
 * Threads: the loop's, and one of its own that computes.
 */
#ifndef PLACED_RENDER_HTTP_AGENT_H
#define PLACED_RENDER_HTTP_AGENT_H

#include "sys/listening.h"

struct agent;
struct site;

/* Listen, and begin to compute. NULL with a message in error. */
struct agent *agent_open(const struct site *site, const struct listen_address *address,
                         char error[LISTENING_ERROR_BYTES]);

/* NULL is fine. */
void agent_close(struct agent *agent);

#endif
