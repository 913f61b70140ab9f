/* SPDX-License-Identifier: ISC */
/* report_json: the report for programs. Names are those of stats.h; times in microseconds. */
#ifndef PLACED_EDIT_FLOOD_REPORT_JSON_H
#define PLACED_EDIT_FLOOD_REPORT_JSON_H

#include <stdio.h>

#include "shared.h"

/* stats: of all processes together. 0, or -1 when it could not be written. */
int report_json(FILE *out, const struct options *options, struct shared *shared,
                const struct stats *stats);

#endif
