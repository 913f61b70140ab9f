/* SPDX-License-Identifier: ISC */
/* checkpointer: saves the plane every so many seconds, and once more at the end. */
#ifndef PLACED_DERIVED_CHECKPOINTER_H
#define PLACED_DERIVED_CHECKPOINTER_H

#include "derived/checkpoint.h"
#include "sys/metrics.h"

struct checkpointer;

/* Start the thread. Everything handed in must outlive it. NULL with errno. */
struct checkpointer *checkpointer_create(struct checkpoint *checkpoint,
                                         struct checkpoint_source *source, struct metrics *metrics,
                                         unsigned seconds);

/* End the thread, then save what the plane is now. NULL is fine. */
void checkpointer_destroy(struct checkpointer *checkpointer);

#endif
