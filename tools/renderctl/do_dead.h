/* SPDX-License-Identifier: ISC */
/* do_dead: tasks that failed for good. */
#ifndef PLACED_RENDERCTL_DO_DEAD_H
#define PLACED_RENDERCTL_DO_DEAD_H

#include "common/ctl.h"

int do_dead(struct ctl *ctl, const struct arguments *arguments);
int do_requeue(struct ctl *ctl, const struct arguments *arguments);

#endif
