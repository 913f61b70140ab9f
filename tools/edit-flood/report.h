/* SPDX-License-Identifier: ISC */
/* report: what came of it, as text for people and as JSON for programs; and a line while it runs.
 */
#ifndef PLACED_EDIT_FLOOD_REPORT_H
#define PLACED_EDIT_FLOOD_REPORT_H

#include <stdio.h>

#include "flood.h"
#include "options.h"
#include "stats.h"

void report_text(FILE *out, const struct options *options, const struct stats *stats,
                 const char *note);
/* 0, or -1 when it could not be written. */
int report_json(FILE *out, const struct options *options, const struct stats *stats);

/* One line about now: rewritten every second on a terminal, else printed every 10 s. */
void report_progress(const struct options *options, struct shared *shared, uint64_t now_us);
void report_progress_end(void);

#endif
