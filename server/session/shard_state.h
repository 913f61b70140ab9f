/* SPDX-License-Identifier: ISC */
/* shard_state: what a shard is made of, for those of this folder that work on it. */
#ifndef PLACED_SESSION_SHARD_STATE_H
#define PLACED_SESSION_SHARD_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "log/log.h"
#include "plane/canvases.h"
#include "rules/rules.h"
#include "session/audiences.h"
#include "session/intake.h"
#include "session/roster.h"
#include "session/shard_config.h"
#include "sys/env.h"
#include "sys/metrics.h"

struct shard_host;

struct shard {
    struct env *env;
    struct log_writer *writer;
    struct canvases *canvases;
    struct rules *rules;
    struct metrics *metrics;
    struct shard_config config;
    struct shard_host *host;
    _Atomic bool notified;
    _Atomic bool rules_changed; /* since the last turn */

    struct intake_sink sink;
    struct intake *intake;
    struct roster roster;
    struct audiences audiences;
    uint64_t deliveries, delivered_bytes; /* not yet in the metrics: an atomic each would be dear */

    uint64_t rules_serial; /* as everybody is told */
    bool readonly, draining;
    uint64_t watched_us; /* when all audiences were last looked at for a heartbeat */
    uint64_t swept_us;
    uint64_t ping_credit; /* microseconds, times sessions, not yet spent on pings */
    uint32_t ping_slot;   /* where the next sweep goes on pinging */
};

/* Count edits that were refused. */
static inline void shard_count_refused(struct shard *shard, enum refusal reason, uint64_t edits)
{
    metric_add(shard->metrics, edits_refused_total, edits);
    switch (reason) {
#define X(name, reason_name, retry_ms, status)                                                     \
    case REFUSAL_##name:                                                                           \
        metric_add(shard->metrics, refused_##reason_name##_total, edits);                          \
        break;
        REFUSALS(X)
#undef X
    }
}

#endif
