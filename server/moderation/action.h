/* SPDX-License-Identifier: ISC */
/*
 * action: a record of the control log that says what a moderator does to the canvas; its number is
 * the author of the edits that do it.
 */
#ifndef PLACED_MODERATION_ACTION_H
#define PLACED_MODERATION_ACTION_H

#include <stdint.h>

#include "control/control.h"

struct cJSON;

/* Record it and wait until it is in the control log: its number, or 0 with a reason in error. name
 * is that of the record, fields an object that becomes the callee's. Not from control's thread, nor
 * an event loop's. */
uint64_t action_record(struct control *control, const char *name, struct cJSON *fields,
                       const struct control_actor *actor, char error[CONTROL_ERROR_BYTES]);

/* The number of the newest action of that name; 0: there is none. */
uint64_t action_find(struct control *control, const char *name);

#endif
