/* SPDX-License-Identifier: ISC */
/*
 * detect_job: the kind of job that finds what a rule would have found: {"rule","from","to",
 * "threshold"}, times in milliseconds since 1970, the threshold the rule's own when it is left out.
 */
#ifndef PLACED_MODERATION_DETECT_JOB_H
#define PLACED_MODERATION_DETECT_JOB_H

#include "moderation/job.h"

extern const struct job_kind detect_job;

#endif
