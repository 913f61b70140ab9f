/* SPDX-License-Identifier: ISC */
/* do_paint: the operator's own edits, which belong to an action and can be undone as one. */
#ifndef PLACED_PLACECTL_DO_PAINT_H
#define PLACED_PLACECTL_DO_PAINT_H

#include "common/ctl.h"

int do_fill(struct ctl *ctl, const struct arguments *arguments);
int do_paste(struct ctl *ctl, const struct arguments *arguments);
int do_copy(struct ctl *ctl, const struct arguments *arguments);

#endif
