/* SPDX-License-Identifier: ISC */
/* shard_config: the times by which a shard works. */
#ifndef PLACED_SESSION_SHARD_CONFIG_H
#define PLACED_SESSION_SHARD_CONFIG_H

#include <stdint.h>

struct visitor;

struct shard_config {
    uint64_t batch_us;     /* how long edits are gathered */
    uint64_t tick_us;      /* how often viewers are sent frames */
    uint64_t heartbeat_us; /* at most between two heartbeats: checksum and online, when changed */
    uint64_t ping_us;      /* every session is pinged once in this time */
    uint64_t stall_us;     /* a session that takes nothing for so long is closed with 4001 */
    uint64_t unknown_us;   /* how long an unknown outcome is waited for */
    unsigned message_rate; /* messages a second that one connection may send; 0: any number */
    /* An edit of this visitor was taken just now (wall clock); said once a minute of a session at
     * most. From any loop's thread; quick. NULL:
     * nobody wants to know. */
    void (*taken)(void *taken_context, const struct visitor *visitor, int64_t now_ms);
    void *taken_context;
};

#endif
