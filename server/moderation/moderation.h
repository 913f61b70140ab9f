/* SPDX-License-Identifier: ISC */
/*
 * moderation: jobs over the whole log, one at a time, on a thread of their own with a reader of
 * their own: planning and doing a roll-back, undoing an action, finding what a rule would have
 * found. And who changed a pixel.
 */
#ifndef PLACED_MODERATION_MODERATION_H
#define PLACED_MODERATION_MODERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"
#include "sys/metrics.h"

struct canvases;
struct cJSON;
struct history;
struct log;
struct log_writer;
struct moderation;
struct owners;

enum { MODERATION_ERROR_BYTES = 256 };

struct moderation_config {
    struct log *log;
    struct log_writer *writer;
    struct canvases *canvases;
    struct owners *owners;
    struct history *history; /* NULL: none is kept */
    struct control *control;
    struct rules *rules;
    struct identity *identity;
};

struct moderation *moderation_create(const struct moderation_config *config,
                                     struct metrics *metrics, char error[MODERATION_ERROR_BYTES]);
void moderation_destroy(struct moderation *moderation); /* NULL is fine */

/* ---- any thread ---- */

/* Start a job from its request, which is checked: plan {predicate}, apply {plan, rate}, undo
 * {action, rate}, detect {rule, from, to}. Its number, or 0 with the status of an answer in *status
 * and a reason in error (400; 409: another one is running). */
uint64_t moderation_start(struct moderation *moderation, const char *kind,
                          const struct cJSON *request, const struct control_actor *actor,
                          unsigned *status, char error[MODERATION_ERROR_BYTES]);

/* How a job fares (0: the newest one), as GET job shows it. The caller's; NULL: no such job. */
struct cJSON *moderation_job(struct moderation *moderation, uint64_t job);

/* The running job ends soon; what it has done stays done. False: there is none. */
bool moderation_cancel(struct moderation *moderation, const struct control_actor *actor);

/* The preview of a plan: a PNG in memory of malloc's. NULL when there is none. */
uint8_t *moderation_preview(struct moderation *moderation, uint64_t job, size_t *len);

#endif
