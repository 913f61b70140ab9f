/* SPDX-License-Identifier: ISC */
/* do_person: who changed a pixel, and what is known of an author. */
#ifndef PLACED_PLACECTL_DO_PERSON_H
#define PLACED_PLACECTL_DO_PERSON_H

#include "common/ctl.h"

int do_who(struct ctl *ctl, const struct arguments *arguments);
int do_identity(struct ctl *ctl, const struct arguments *arguments);
int do_forget(struct ctl *ctl, const struct arguments *arguments);
int do_energy(struct ctl *ctl, const struct arguments *arguments);

#endif
