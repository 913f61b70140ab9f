/* SPDX-License-Identifier: ISC */
/* compare: the last checks: every reader is at the end of its stream, and the server shows the
 * same.
 */
#ifndef PLACED_EDIT_FLOOD_COMPARE_H
#define PLACED_EDIT_FLOOD_COMPARE_H

#include "state.h"

/* Has every reader reached the final version of its canvas? */
bool compare_all_there(const struct flood *flood);

/* Count what readers have not reached. */
void compare_readers(struct flood *flood);

/* Compare a canvas with the picture that a server shows. False: that is not at its final version
 * yet, try again. */
bool compare_picture(struct flood *flood, unsigned target, unsigned board);

#endif
