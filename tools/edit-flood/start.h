/* SPDX-License-Identifier: ISC */
/*
 * start: where the streams begin: at the server's pictures; again when a full reader is sent to the
 * picture, and for all when the log itself begins anew.
 */
#ifndef PLACED_EDIT_FLOOD_START_H
#define PLACED_EDIT_FLOOD_START_H

#include "state.h"

/* Fetch the pictures of all full readers, before the first connection. 0, or -1 with the reason in
 * the statistics. */
int start_all(struct flood *flood);

/* Fetch the picture of a full reader's canvas; the connection will resume from it. 0, or -1 and
 * *error says why. */
int start_at_picture(struct flood *flood, struct conn *conn, const char **error);

/* A log without records has no genesis. Ask a server whether it has one by now, at most a few times
 * a second; flood->genesis is it then. */
void start_learn_log(struct flood *flood, unsigned target);

/* The server names the genesis of its log ("": it has none yet). Notes in the connection of which
 * log its frames are. When the log has begun anew, what was known about it is forgotten and every
 * canvas begins at its new picture. False when a picture cannot be had: the connection must end. */
bool start_follow_log(struct flood *flood, struct conn *conn, const char *genesis);

#endif
