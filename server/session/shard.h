/* SPDX-License-Identifier: ISC */
/*
 * shard: one event loop's share of the clients: their sessions, by canvas, and its intake. Several
 * shards share one log and one plane of canvases. All calls from the shard's own thread unless said
 * otherwise; nothing here blocks.
 */
#ifndef PLACED_SESSION_SHARD_H
#define PLACED_SESSION_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "log/log.h"
#include "plane/canvases.h"
#include "plane/owners.h"
#include "rules/rules.h"
#include "session/shard_config.h"
#include "sys/env.h"
#include "sys/metrics.h"

struct shard;

/* The event loop that runs a shard. */
struct shard_host {
    void (*wake)(struct shard_host *host); /* let the loop call shard_run soon. Any thread */
};

/* What the daemon uses: 200 ms, 200 ms, 10 s, 30 s, 15 s, 10 s, any number of messages. */
extern const struct shard_config shard_defaults;

/* NULL when out of memory. Everything handed in must outlive the shard. */
struct shard *shard_create(struct env *env, struct log_writer *writer, struct canvases *canvases,
                           struct owners *owners, struct rules *rules, struct metrics *metrics,
                           const struct shard_config *config, struct shard_host *host);

/* Do what is due: give edits to the log, settle those that came back, send frames and what else is
 * pending. Call after every batch of input, when woken, and at the time it returns (env's
 * microseconds). */
uint64_t shard_run(struct shard *shard);

/* The moderators' rules are others than before, or canvases were opened or closed: tell everybody
 * in the next turn. Any thread. */
void shard_rules_changed(struct shard *shard);

/* People connected to all shards that share these metrics: viewers, without companions. */
uint64_t shard_online(const struct shard *shard);

/* Is the log known to be read-only? */
bool shard_readonly(const struct shard *shard);

/* Begin to end: take no more edits (refused as closed), send the last batch at once. */
void shard_drain(struct shard *shard);

/* After shard_drain: has everything in flight been settled, and its outcome sent? */
bool shard_drained(const struct shard *shard);

/* Close every session with this code (1012). */
void shard_close_sessions(struct shard *shard, unsigned code, const char *reason);

void shard_destroy(struct shard *shard); /* after its sessions. NULL is fine */

#endif
