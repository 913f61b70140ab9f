/* SPDX-License-Identifier: ISC */
/*
 * shard: one event loop's share of the pipeline: its sessions, its intake and its fan-out. Several
 * shards share one log, one ring and one reducer. All calls from the shard's own thread unless said
 * otherwise; nothing here blocks.
 */
#ifndef PLACED_SESSION_SHARD_H
#define PLACED_SESSION_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ring.h"
#include "log/log.h"
#include "sys/env.h"
#include "sys/metrics.h"

struct shard;
struct intake;
struct reducer;

/* The event loop that runs a shard. */
struct shard_host {
    void (*wake)(struct shard_host *host); /* let the loop call shard_run soon. Any thread */
};

struct shard_config {
    uint64_t batch_us; /* how long edits are gathered */
    uint64_t tick_us;  /* how often viewers are told */
    uint64_t
        heartbeat_us;  /* at most between two tellings of checksum and online, when they changed */
    uint64_t ping_us;  /* every session is pinged once in this time */
    uint64_t stall_us; /* a session that takes nothing for so long is closed with 4001 */
    uint64_t unknown_us; /* how long an unknown outcome is waited for */
    const char *energy;  /* policy name for hello */
};

/* What the daemon uses: 200 ms, 200 ms, 10 s, 30 s, 15 s, 10 s, "free". */
extern const struct shard_config shard_defaults;

/* NULL when out of memory. Everything handed in must outlive the shard. */
struct shard *shard_create(struct env *env, struct log_writer *writer, struct reducer *reducer,
                           struct ring *ring, struct metrics *metrics,
                           const struct shard_config *config, struct shard_host *host);

/* Do what is due: flush edits to the log, settle those that came back, send frames and what is
 * owed. Call after every batch of input, when woken, and at the time it returns (env's
 * microseconds). */
uint64_t shard_run(struct shard *shard);

/* Something new is in the ring, or an outcome is known: wakes the host once until the next
 * shard_run. Any thread. */
void shard_notify(struct shard *shard);

/* Viewers connected to all shards that share these metrics. */
uint64_t shard_online(const struct shard *shard);

/* Is the log known to be read-only? */
bool shard_readonly(const struct shard *shard);

/* The size of the current picture in bytes: a client whose replay would cost more is reset. Any
 * thread. */
void shard_set_picture_bytes(struct shard *shard, uint64_t bytes);

/* Begin to end: take no more edits (refused as closed), send the last batch at once. */
void shard_drain(struct shard *shard);

/* After shard_drain: has everything in flight been settled and told? */
bool shard_drained(const struct shard *shard);

/* Close every session with this code (1012). */
void shard_close_sessions(struct shard *shard, unsigned code, const char *reason);

void shard_destroy(struct shard *shard); /* after its sessions. NULL is fine */

#endif
