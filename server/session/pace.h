/* SPDX-License-Identifier: ISC */
/*
 * pace: how long a tick of a shard is. When sending fills most of it, for all canvases together, it
 * stretches, so that there is time left for what clients send; and it shrinks back. Shard's thread.
 */
#ifndef PLACED_SESSION_PACE_H
#define PLACED_SESSION_PACE_H

#include <stdint.h>

#include "sys/metrics.h"

struct pace {
    struct metrics *metrics;
    uint64_t set_us;      /* as it was set */
    uint64_t tick_us;     /* as it is now: set_us or more */
    uint64_t began_us;    /* the period of one tick that runs */
    uint64_t spent_us;    /* on sending in it */
    uint64_t previous_us; /* on sending in the period before it */
};

void pace_init(struct pace *pace, struct metrics *metrics, uint64_t tick_us);

/* A round of sends began at now_us and took so long. */
void pace_spend(struct pace *pace, uint64_t now_us, uint64_t took_us);

#endif
