/* SPDX-License-Identifier: ISC */
/* do_rollback: looking for edits, taking them back, and taking that back. */
#ifndef PLACED_PLACECTL_DO_ROLLBACK_H
#define PLACED_PLACECTL_DO_ROLLBACK_H

#include "common/ctl.h"

int do_lookup(struct ctl *ctl, const struct arguments *arguments);
int do_rollback(struct ctl *ctl, const struct arguments *arguments);
int do_undo(struct ctl *ctl, const struct arguments *arguments);
int do_cancel(struct ctl *ctl, const struct arguments *arguments);

#endif
