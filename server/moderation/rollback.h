/* SPDX-License-Identifier: ISC */
/* rollback: the jobs that plan a roll-back, do it, or take back what an action did. */
#ifndef PLACED_MODERATION_ROLLBACK_H
#define PLACED_MODERATION_ROLLBACK_H

#include "moderation/job.h"

extern const struct job_kind rollback_plan;
extern const struct job_kind rollback_apply;
extern const struct job_kind rollback_at_once;
extern const struct job_kind rollback_undo;

#endif
