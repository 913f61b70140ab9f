/* SPDX-License-Identifier: ISC */
/*
 * sightings_log: shares sightings with the other servers of the set, by records `seen` of the
 * control log: new pairs only, some a record, and a record a second or a few when there are many.
 * See PROTOCOL.md, "The control log".
 */
#ifndef PLACED_MODERATION_SIGHTINGS_LOG_H
#define PLACED_MODERATION_SIGHTINGS_LOG_H

struct control;
struct sightings;
struct sightings_log;
struct worker;

enum { SIGHTINGS_LOG_PAIRS = 90 }; /* of a record, so that it fits */

/* Take in what the control log has (at the next control_replay), and go on sharing, as a job of the
 * worker. All three outlive sightings_log_stop. NULL when out of memory. */
struct sightings_log *sightings_log_create(struct sightings *sightings, struct control *control,
                                           struct worker *worker);

/* Share no more: after this the worker may be destroyed. */
void sightings_log_stop(struct sightings_log *log); /* NULL is fine */

/* After the worker and control are destroyed, which may call it until then. NULL is fine. */
void sightings_log_destroy(struct sightings_log *log);

#endif
