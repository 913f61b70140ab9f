/* SPDX-License-Identifier: ISC */
/*
 * action: a record of the control log that says what a moderator does to the canvas; its number is
 * the author of the edits that do it.
 */
#ifndef PLACED_MODERATION_ACTION_H
#define PLACED_MODERATION_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"

struct cJSON;

/* Record it and wait until it is in the control log: its number, or 0 with a reason in error. name
 * is that of the record, fields an object that becomes the callee's; the action of that name before
 * it is noted in it as "after". Not from control's thread, nor an event loop's. */
uint64_t action_record(struct control *control, const char *name, struct cJSON *fields,
                       const struct control_actor *actor, char error[CONTROL_ERROR_BYTES]);

/* The actions of that name, which are tries at one thing, the newest first: at most room of them
 * into *into. Returns how many. */
size_t action_tries(struct control *control, const char *name, uint64_t *into, size_t room);

/* The name of an action, which has CONTROL_NAME bytes of room; false: it is not known any more. */
bool action_name(struct control *control, uint64_t action, char *name);

#endif
