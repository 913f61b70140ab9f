/* SPDX-License-Identifier: ISC */
/* survey: what the options mean for a log, found out by reading it once. */
#ifndef PLACED_TIMELAPSE_SURVEY_H
#define PLACED_TIMELAPSE_SURVEY_H

#include "common/progress.h"
#include "common/source.h"
#include "options.h"
#include "plan.h"

enum { SURVEY_ERROR_BYTES = SOURCE_ERROR_BYTES };

/* Which canvases the options ask for. */
void survey_area(const struct options *options, struct source_options *source_options);

/* 0, or -1 with a reason in error: nothing to show, out of the log's range, too large, too many
 * frames. */
int survey(struct source *source, const struct options *options, struct progress *progress,
           struct plan *plan, char error[SURVEY_ERROR_BYTES]);

/* Is a picture of this region, at the scale of the options, one that the output takes? -1 with a
 * reason in error when it is too large. */
int survey_size(const struct options *options, const struct region *region,
                char error[SURVEY_ERROR_BYTES]);

#endif
