/* SPDX-License-Identifier: ISC */
/* report: what came of the flood, as text for people. */
#ifndef PLACED_EDIT_FLOOD_REPORT_H
#define PLACED_EDIT_FLOOD_REPORT_H

#include <stdio.h>

#include "options.h"
#include "stats.h"

/* stats: of all processes together. note: about the pattern, or NULL. */
void report_text(FILE *out, const struct options *options, const struct stats *stats,
                 const char *note);

#endif
