/* SPDX-License-Identifier: ISC */
/*
 * judge: frames are compared with the reference of their canvas, or extend it when they come to a
 * full reader.
 */
#ifndef PLACED_EDIT_FLOOD_JUDGE_H
#define PLACED_EDIT_FLOOD_JUDGE_H

#include "state.h"

void judge_frame(struct flood *flood, struct conn *conn, uint64_t version, const uint8_t *edits,
                 size_t n);

/* The reference has grown or begun anew: frames that wait for it, and acknowledgements. */
void judge_grown(struct flood *flood, struct board *board);

/* Drop the frames of this connection that wait: they come again, for its follower has not gone past
 * them. */
void judge_forget(struct flood *flood, struct conn *conn);

#endif
