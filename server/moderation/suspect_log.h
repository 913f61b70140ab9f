/* SPDX-License-Identifier: ISC */
/*
 * suspect_log: writes findings into the control log, each once an hour, so that the audit shows
 * them; of several servers that find the same one writes it. Not for several threads, but for what
 * control calls.
 */
#ifndef PLACED_MODERATION_SUSPECT_LOG_H
#define PLACED_MODERATION_SUSPECT_LOG_H

#include <stdint.h>

struct control;
struct sightings;
struct suspect;
struct suspect_log;

/* Takes in what the control log has at the next control_replay. NULL when out of memory. control
 * outlives all calls of suspect_log_offer. */
struct suspect_log *suspect_log_create(struct control *control, struct sightings *sightings);

/* After control is destroyed. NULL is fine. */
void suspect_log_destroy(struct suspect_log *log);

/* This is going on now (wall clock): write it down when its time has come. Call it about once a
 * second. */
void suspect_log_offer(struct suspect_log *log, struct suspect *suspect, int64_t now_ms);

#endif
