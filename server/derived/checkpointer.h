/* SPDX-License-Identifier: ISC */
/* checkpointer: a thread that saves the canvas every so many seconds, and once more at the end. */
#ifndef PLACED_DERIVED_CHECKPOINTER_H
#define PLACED_DERIVED_CHECKPOINTER_H

#include "sys/metrics.h"
#include "plane/reducer.h"
#include "derived/checkpoint.h"

struct checkpointer;

/* Start the thread. Everything handed in must outlive it. NULL with errno. */
struct checkpointer *checkpointer_create(struct checkpoint *checkpoint,
                                         const struct checkpoint_log *log, struct reducer *reducer,
                                         struct metrics *metrics, unsigned seconds);

/* End the thread, then save what the canvas is now. NULL is fine. */
void checkpointer_destroy(struct checkpointer *checkpointer);

#endif
