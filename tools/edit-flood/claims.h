/* SPDX-License-Identifier: ISC */
/* claims: acknowledged edits must be in the stream at the version they were acknowledged at. */
#ifndef PLACED_EDIT_FLOOD_CLAIMS_H
#define PLACED_EDIT_FLOOD_CLAIMS_H

#include "state.h"

/* An acknowledgement: checked now, or when the reference has reached its version. */
void claims_add(struct flood *flood, struct board *board, const struct claim *claim);

/* The reference has grown. */
void claims_check(struct flood *flood, struct board *board);

/* The reference will not grow any more, or begins anew. */
void claims_check_all(struct flood *flood, struct board *board);

#endif
