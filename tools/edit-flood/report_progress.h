/* SPDX-License-Identifier: ISC */
/* report_progress: what happens now, in one line on standard error. */
#ifndef PLACED_EDIT_FLOOD_REPORT_PROGRESS_H
#define PLACED_EDIT_FLOOD_REPORT_PROGRESS_H

#include "shared.h"

/* Rewritten every second on a terminal, else printed every 10 s. */
void report_progress(const struct options *options, struct shared *shared, uint64_t now_us);
void report_progress_end(void);

#endif
