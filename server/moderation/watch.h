/* SPDX-License-Identifier: ISC */
/*
 * watch: watches what is drawn and by whom, and never acts: sightings of authors in networks, the
 * detectors that the moderators have switched on, and the pulse. A thread of its own looks at the
 * newest edits a moment after the reader has read them, so that other servers' sightings are there.
 */
#ifndef PLACED_MODERATION_WATCH_H
#define PLACED_MODERATION_WATCH_H

#include <stdint.h>

#include "sys/metrics.h"

struct cJSON;
struct control;
struct fold;
struct reports;
struct sightings;
struct visitor;
struct watch;

/* NULL when out of memory. */
struct watch *watch_create(struct metrics *metrics);

/* For the reader of the log, which it outlives. */
struct fold *watch_fold(struct watch *watch);

/* Take in what the control log has, and start the thread. 0, or -1 with errno. */
int watch_start(struct watch *watch, struct control *control);

/* End the thread: before control and the reader's thread end. NULL is fine. */
void watch_stop(struct watch *watch);

/* After control and the reader are destroyed. NULL is fine. */
void watch_destroy(struct watch *watch);

/* ---- any thread, after watch_start ---- */

struct sightings *watch_sightings(struct watch *watch);
struct reports *watch_reports(struct watch *watch);

/* An edit of this visitor was taken just now (wall clock). For the event loops. context: a watch.
 */
void watch_taken(void *context, const struct visitor *visitor, int64_t now_ms);

/* What the rules that are on have found, the newest finding first: an array of suspect_json. The
 * caller's; NULL when out of memory. */
struct cJSON *watch_suspects(struct watch *watch);

/* All rules: [{"name","unit","mode","threshold","found","now","last"}...]: what each has found (or
 * would have said) since it was set so, how many of that are going on, and when the last was seen.
 * The caller's; NULL when out of memory. */
struct cJSON *watch_rules(struct watch *watch);

/* What is going on, as pulse_json. The caller's; NULL when out of memory. */
struct cJSON *watch_top(struct watch *watch);

#endif
