/* SPDX-License-Identifier: ISC */
/* heartbeat: checksum and number of people online, now and then, when they have changed. Shard's
 * thread. */
#ifndef PLACED_SESSION_HEARTBEAT_H
#define PLACED_SESSION_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

struct audience;
struct shard;

/* The heartbeat of one canvas's viewers, if it is due. ticked: there is a tick to be sent now, with
 * which it costs no send of its own; without one it waits a little longer for the next. */
void heartbeat_run(struct shard *shard, struct audience *audience, uint64_t now_us, bool ticked);

#endif
