/* SPDX-License-Identifier: ISC */
/* do_batch: maps that are rendered in advance. */
#ifndef PLACED_RENDERCTL_DO_BATCH_H
#define PLACED_RENDERCTL_DO_BATCH_H

#include "common/ctl.h"

int do_prerender(struct ctl *ctl, const struct arguments *arguments);
int do_batches(struct ctl *ctl, const struct arguments *arguments);
int do_cancel(struct ctl *ctl, const struct arguments *arguments);
int do_resume(struct ctl *ctl, const struct arguments *arguments);

#endif
