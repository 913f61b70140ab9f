/* SPDX-License-Identifier: ISC */
/* feed: the sorted runs, merged and made into batches, with the progress shown. */
#ifndef PLACED_IMPORT_FEED_H
#define PLACED_IMPORT_FEED_H

#include "batcher.h"
#include "options.h"
#include "work.h"

/* All batches, of at most `edits`, to `to`. 0; -1 with a reason in error, which is empty when it
 * was `to` that could not go on. */
int feed(const struct options *options, const struct work *work, const struct work_state *state,
         struct batches *to, size_t edits, char error[RUN_ERROR_BYTES]);

#endif
