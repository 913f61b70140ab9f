/* SPDX-License-Identifier: ISC */
/* do_status: how things stand, and who has done what. */
#ifndef PLACED_PLACECTL_DO_STATUS_H
#define PLACED_PLACECTL_DO_STATUS_H

#include "common/ctl.h"

int do_status(struct ctl *ctl, const struct arguments *arguments);
int do_audit(struct ctl *ctl, const struct arguments *arguments);

#endif
