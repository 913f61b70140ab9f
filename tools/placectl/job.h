/* SPDX-License-Identifier: ISC */
/* job: what the server does for a while: followed with a line of progress, and cancelled by
 * Ctrl-C. */
#ifndef PLACED_PLACECTL_JOB_H
#define PLACED_PLACECTL_JOB_H

#include "common/ctl.h"

/* Follow the job that the answer to a POST names (the answer becomes the callee's; NULL: the
 * request failed) to its end. verb: "planned", for the line. The job as GET job shows it when it is
 * done; NULL after a message, and then the exit status is in ctl->status. */
struct cJSON *job_follow(struct ctl *ctl, struct cJSON *answer, const char *verb);

#endif
