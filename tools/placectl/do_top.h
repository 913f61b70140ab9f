/* SPDX-License-Identifier: ISC */
/* do_top: what is going on just now, shown anew until somebody has seen enough. */
#ifndef PLACED_PLACECTL_DO_TOP_H
#define PLACED_PLACECTL_DO_TOP_H

#include "common/ctl.h"

int do_top(struct ctl *ctl, const struct arguments *arguments);

#endif
