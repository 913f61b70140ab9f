/* SPDX-License-Identifier: ISC */
/*
 * pulse: what has been going on in the last ten seconds, for a live view: edits and refusals a
 * second, and the busiest networks, authors and cells. Any thread.
 */
#ifndef PLACED_MODERATION_PULSE_H
#define PLACED_MODERATION_PULSE_H

#include <stddef.h>
#include <stdint.h>

#include "moderation/sample.h"
#include "sys/metrics.h"

struct cJSON;
struct pulse;

/* NULL when out of memory. */
struct pulse *pulse_create(struct metrics *metrics);
void pulse_destroy(struct pulse *pulse); /* NULL is fine */

/* These edits were read, just now. */
void pulse_take(struct pulse *pulse, const struct sample *samples, size_t n, int64_t now_ms);

/* A second has passed: look at the metrics. */
void pulse_tick(struct pulse *pulse, int64_t now_ms);

/* {"seconds","edits","refused":{reason:edits...},"people","networks":[{"net","edits"}...],"authors":
 * [{"author","name","edits"}...],"cells":[{"x","y","edits"}...]}: rates a second, and ten of each
 * in the last ten seconds. The caller's; NULL when out of memory. */
struct cJSON *pulse_json(struct pulse *pulse, int64_t now_ms);

#endif
