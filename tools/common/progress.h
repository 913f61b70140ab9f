/* SPDX-License-Identifier: ISC */
/*
 * progress: one line on standard error, rewritten in place, when that is a terminal: how much is
 * done, how fast, how long it will take. Elsewhere nothing, so that logs stay readable.
 */
#ifndef PLACED_TOOLS_PROGRESS_H
#define PLACED_TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROGRESS_LINE_BYTES = 160 };

struct progress {
    const char *verb, *unit; /* "exported", "edits"; NULL: only how far it is, not how much */
    bool shown;              /* standard error is a terminal, and nobody asked for quiet */
    bool dirty;              /* a line stands there that has no end yet */
    int64_t begun_ms, next_ms;
    uint64_t begun_at;
};

/* at is what was done before (when something is resumed), so that the rate is this run's. */
void progress_begin(struct progress *progress, const char *verb, const char *unit, bool quiet,
                    uint64_t at);

/* Now `count` units are done; `at` of `total` says how far it is (they may be other units, offsets
 * for example); total 0: unknown. Cheap: call it often. */
void progress_show(struct progress *progress, uint64_t count, uint64_t at, uint64_t total);

/* Remove the line, before anything else is printed. */
void progress_end(struct progress *progress);

/* The line's text, as it would be after elapsed_ms. Pure, for tests. */
void progress_line(char line[PROGRESS_LINE_BYTES], const struct progress *progress,
                   int64_t elapsed_ms, uint64_t count, uint64_t at, uint64_t total);

#endif
