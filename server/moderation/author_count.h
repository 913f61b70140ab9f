/* SPDX-License-Identifier: ISC */
/* author_count: the job that counts who has painted in a rectangle since a time. */
#ifndef PLACED_MODERATION_AUTHOR_COUNT_H
#define PLACED_MODERATION_AUTHOR_COUNT_H

#include "moderation/job.h"
#include "moderation/predicate.h"

/* Read a request of x, y, w, h (numbers, or texts of a query), t and, where only some colours are
 * meant, c (both as in a predicate, without t: and c:). 0, or the status of an answer with a reason
 * in error. */
unsigned author_count_read(const struct cJSON *request, struct predicate *predicate,
                           char error[MODERATION_ERROR_BYTES]);

extern const struct job_kind author_count_job;

#endif
