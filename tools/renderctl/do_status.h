/* SPDX-License-Identifier: ISC */
/* do_status: how things stand, the workers, and how many there are. */
#ifndef PLACED_RENDERCTL_DO_STATUS_H
#define PLACED_RENDERCTL_DO_STATUS_H

#include "common/ctl.h"

int do_status(struct ctl *ctl, const struct arguments *arguments);
int do_workers(struct ctl *ctl, const struct arguments *arguments);
int do_scale(struct ctl *ctl, const struct arguments *arguments);
int do_reload(struct ctl *ctl, const struct arguments *arguments);

#endif
