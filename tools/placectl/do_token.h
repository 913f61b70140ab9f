/* SPDX-License-Identifier: ISC */
/* do_token: the tokens of the staff and of bots. */
#ifndef PLACED_PLACECTL_DO_TOKEN_H
#define PLACED_PLACECTL_DO_TOKEN_H

#include "common/ctl.h"

int do_token_add(struct ctl *ctl, const struct arguments *arguments);
int do_token_rm(struct ctl *ctl, const struct arguments *arguments);
int do_tokens(struct ctl *ctl, const struct arguments *arguments);

#endif
