/* SPDX-License-Identifier: ISC */
/*
 * control_appends: records on their way into the control log, and who waits for each to be read
 * back from there.
 */
#ifndef PLACED_CONTROL_CONTROL_APPENDS_H
#define PLACED_CONTROL_CONTROL_APPENDS_H

#include <stdbool.h>
#include <stdint.h>

#include "control/control_actor.h"
#include "log/log.h"

struct control_appends;

enum { CONTROL_APPENDS_MAX = 256 }; /* that somebody waits for */

/* Somebody who waits for a record to be in the control log. Embed it. */
struct control_waiter {
    /* action: its number, 0 when it is not in the log, or nobody can say. From control's thread;
     * quick, and must not call control. Exactly once for each control_append that returned 0. */
    void (*done)(struct control_waiter *waiter, uint64_t action);
};

/* The log's writer. wake (from any thread): something has become of an append, call
 * control_appends_settle. NULL with a reason in error. */
struct control_appends *control_appends_create(struct log *log, void (*wake)(void *context),
                                               void *context, char error[CONTROL_ERROR_BYTES]);

/* Tells everybody who still waits. NULL is fine. */
void control_appends_destroy(struct control_appends *appends);

/* Append a record; waiter is told (NULL: nobody waits). 0, or -1 with a reason in error: then it is
 * not. Any thread. */
int control_appends_add(struct control_appends *appends, const char *text,
                        struct control_waiter *waiter, char error[CONTROL_ERROR_BYTES]);

/* Does the log take nothing at the moment? Any thread. */
bool control_appends_stalled(struct control_appends *appends);

/* ---- control's thread ---- */

/* A record was read: was it one of ours? */
void control_appends_read(struct control_appends *appends, const struct record *record);

/* What was read acts now: tell those who waited for it; and those whose record was not taken, or
 * has not come back for long. */
void control_appends_settle(struct control_appends *appends);

#endif
