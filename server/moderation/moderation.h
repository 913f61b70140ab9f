/* SPDX-License-Identifier: ISC */
/*
 * moderation: jobs over the whole log, one at a time, on a thread of their own with a reader of
 * their own: planning and doing a roll-back, undoing an action, counting authors, finding what a
 * rule would have found.
 */
#ifndef PLACED_MODERATION_MODERATION_H
#define PLACED_MODERATION_MODERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"
#include "moderation/moderation_config.h"
#include "sys/metrics.h"

struct cJSON;
struct moderation;
struct paint_piece;

struct moderation *moderation_create(const struct moderation_config *config,
                                     struct metrics *metrics, char error[MODERATION_ERROR_BYTES]);

/* End the running job: nothing more is repaired, and what bystanders have lost by it is given back
 * while the log can be written, for at most three seconds. Nothing can be started any more. Before
 * log_writer_flush. NULL is fine. */
void moderation_stop(struct moderation *moderation);

void moderation_destroy(struct moderation *moderation); /* moderation_stop first. NULL is fine */

/* ---- any thread ---- */

/* Start a job from its request, which is checked; members that are not named here are left alone.
 *
 *   plan      {"predicate": PRED}
 *   apply     {"plan": {"predicate", "version", "digest"}, "rate": edits a second or absent}
 *   rollback  {"predicate": PRED, "rate"}: what plan and apply do, without a look in between
 *   undo      {"action": N, "rate"}
 *   authors   {"x", "y", "w", "h", "t": as in PRED without t:}
 *   detect    {"rule", "from", "to"}
 *
 * Its number, or 0 with the status of an answer in *status and a reason in error (400; 409: another
 * one is running; 503). */
uint64_t moderation_start(struct moderation *moderation, const char *kind,
                          const struct cJSON *request, const struct control_actor *actor,
                          unsigned *status, char error[MODERATION_ERROR_BYTES]);

/* How a job fares (0: the newest one), as GET job shows it: {"job", "kind", "by", "state", "done",
 * "rate", "action", "result", "error", "status"}. "action" is there as soon as apply, rollback or
 * undo have recorded theirs; "error" and "status" (409: the plan is no longer good) when the job
 * has failed. The caller's; NULL: no such job. */
struct cJSON *moderation_job(struct moderation *moderation, uint64_t job);

/* The running job ends soon; what it has done stays done. False: there is none. */
bool moderation_cancel(struct moderation *moderation, const struct control_actor *actor);

/* Paint a piece of a fill, paste or copy; see paint_add in moderation/paint.h. */
unsigned moderation_paint(struct moderation *moderation, const struct paint_piece *piece,
                          const struct control_actor *actor, struct control_waiter *waiter,
                          char error[MODERATION_ERROR_BYTES]);

/* The preview of a plan: a PNG in memory of malloc's. NULL when there is none. */
uint8_t *moderation_preview(struct moderation *moderation, uint64_t job, size_t *len);

#endif
