/* SPDX-License-Identifier: ISC */
/*
 * control_canvases: opens and closes canvases as the records say at this moment. A canvas without a
 * record is as --plane has it. One thread.
 */
#ifndef PLACED_CONTROL_CONTROL_CANVASES_H
#define PLACED_CONTROL_CONTROL_CANVASES_H

#include <stdbool.h>
#include <stdint.h>

#include "control/control_state.h"

struct canvases;
struct control_canvases;

struct control_canvases *control_canvases_create(struct canvases *canvases); /* NULL: no memory */
void control_canvases_destroy(struct control_canvases *control);             /* NULL is fine */

/* Open and close what is due. Has anything changed? *next_ms becomes earlier when something is due
 * earlier than that. */
bool control_canvases_update(struct control_canvases *control, const struct control_state *state,
                             int64_t now_ms, int64_t *next_ms);

#endif
