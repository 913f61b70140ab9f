/* SPDX-License-Identifier: ISC */
/*
 * control_reading: the control log from its beginning to its end, and on from there: each record
 * once and in order. After a lost connection it is first proved to be the same log. One thread.
 */
#ifndef PLACED_CONTROL_CONTROL_READING_H
#define PLACED_CONTROL_CONTROL_READING_H

#include <stdbool.h>

#include "control/control_actor.h"
#include "log/log.h"

struct control_reading;

/* Who is given the records. Embed it. */
struct control_records {
    void (*record)(struct control_records *records, const struct record *record);
};

/* NULL with a reason in error. */
struct control_reading *control_reading_create(struct log *log, struct control_records *records,
                                               char error[CONTROL_ERROR_BYTES]);
void control_reading_destroy(struct control_reading *reading); /* NULL is fine */

/* Read all that is there. *stop: give up (also 0). 0, or -1 with a reason in error. */
int control_reading_start(struct control_reading *reading, const volatile int *stop,
                          char error[CONTROL_ERROR_BYTES]);

/* Read what is there, or wait up to timeout_ms for something. A log that cannot be read is tried
 * again and again. */
void control_reading_step(struct control_reading *reading, int timeout_ms);

/* Let a step that waits return soon. Any thread. */
void control_reading_wake(struct control_reading *reading);

/* Why it cannot be read at the moment; NULL: it can. */
const char *control_reading_trouble(const struct control_reading *reading);

#endif
