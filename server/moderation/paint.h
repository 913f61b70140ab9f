/* SPDX-License-Identifier: ISC */
/*
 * paint: an operator's own edits, in pieces of one canvas each: an action of the control log is
 * their author, so that it can be taken back as a whole. A thread of its own, so that a job over
 * the log holds none of them up.
 */
#ifndef PLACED_MODERATION_PAINT_H
#define PLACED_MODERATION_PAINT_H

#include <stddef.h>
#include <stdint.h>

#include "control/control.h"
#include "core/position.h"
#include "moderation/moderation_config.h"
#include "sys/metrics.h"

struct paint;

enum {
    PAINT_EDITS_MAX = 16384, /* of a piece */
    PAINT_WAITING_MAX = 64,
};

struct paint_piece {
    uint64_t action;  /* which it belongs to; 0: record a new one */
    const char *kind; /* of that: fill, paste or copy */
    struct position canvas;
    const uint8_t *edits; /* 3 bytes each */
    size_t n;
};

/* Start the thread. NULL with errno. */
struct paint *paint_create(const struct moderation_config *config, struct metrics *metrics);

/* End it; who waits is told that nothing was painted. NULL is fine. */
void paint_destroy(struct paint *paint);

/* Paint a piece, which is copied and checked. 0: waiter->done is called once, from paint's thread,
 * with the number of the action when the edits are in the log, or 0 when they are not, or not for
 * sure. Else the status of an answer (400, 503) with a reason in error. Any thread. */
unsigned paint_add(struct paint *paint, const struct paint_piece *piece,
                   const struct control_actor *actor, struct control_waiter *waiter,
                   char error[MODERATION_ERROR_BYTES]);

#endif
