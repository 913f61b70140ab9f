/* SPDX-License-Identifier: ISC */
/* feed: see feed.h. */
#include "feed.h"

#include <stdio.h>

#include "common/progress.h"
#include "merge.h"

enum { LOOK_ROWS = 4096 };

static int run(struct merge *merge, struct batcher *batcher, const struct options *options,
               uint64_t total, char error[RUN_ERROR_BYTES])
{
    struct progress progress;
    struct row row;
    int rc = 0, more = 1;
    const char *verb = options->server ? "placed" : "appended";
    progress_begin(&progress, verb, "edits", options->quiet, 0);
    for (uint64_t n = 1; rc == 0 && (more = merge_next(merge, &row, error)) > 0; n++) {
        rc = batcher_add(batcher, &row);
        if (n % LOOK_ROWS == 0 || options->speed > 0)
            progress_show(&progress, n, n, total);
    }
    progress_end(&progress);
    if (rc == 0 && more == 0)
        rc = batcher_finish(batcher);
    return rc != 0 || more < 0 ? -1 : 0;
}

int feed(const struct options *options, const struct work *work, const struct work_state *state,
         struct batches *to, size_t edits, char error[RUN_ERROR_BYTES])
{
    int rc = -1;
    error[0] = '\0';
    struct batcher *batcher = batcher_create(edits, options->authors && !options->server,
                                             options->server && options->speed == 0, to);
    struct merge *merge = NULL;
    if (!batcher)
        snprintf(error, RUN_ERROR_BYTES, "no memory");
    else
        merge = merge_open(work_folder(work), state->runs, state->n_runs, options->memory, error);
    if (merge)
        rc = run(merge, batcher, options, state->tally.taken, error);
    merge_close(merge);
    batcher_destroy(batcher);
    return rc;
}
