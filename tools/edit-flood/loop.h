/* SPDX-License-Identifier: ISC */
/* loop: one turn of the process's only loop: events, timers, new connections, edits that are due.
 */
#ifndef PLACED_EDIT_FLOOD_LOOP_H
#define PLACED_EDIT_FLOOD_LOOP_H

#include "state.h"

/* Wait some milliseconds at most, and do all that there is to do. */
void loop_turn(struct flood *flood);

#endif
