/* SPDX-License-Identifier: ISC */
/* do_ban: who may not draw, or only slowly. */
#ifndef PLACED_PLACECTL_DO_BAN_H
#define PLACED_PLACECTL_DO_BAN_H

#include "common/ctl.h"

int do_ban(struct ctl *ctl, const struct arguments *arguments);
int do_slow(struct ctl *ctl, const struct arguments *arguments);
int do_unban(struct ctl *ctl, const struct arguments *arguments);
int do_bans(struct ctl *ctl, const struct arguments *arguments);

#endif
