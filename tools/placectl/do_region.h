/* SPDX-License-Identifier: ISC */
/* do_region: rectangles with rules of their own; freezing. */
#ifndef PLACED_PLACECTL_DO_REGION_H
#define PLACED_PLACECTL_DO_REGION_H

#include "common/ctl.h"
#include "options.h"

int do_region_add(struct ctl *ctl, const struct arguments *arguments);
int do_region_rm(struct ctl *ctl, const struct arguments *arguments);
int do_regions(struct ctl *ctl, const struct arguments *arguments);
int do_freeze(struct ctl *ctl, const struct arguments *arguments);
int do_thaw(struct ctl *ctl, const struct arguments *arguments);

/* A time of an option as a member of this body. False after a message, and in ctl->status. */
bool add_time(struct ctl *ctl, struct cJSON *body, enum option_id option, const char *name);

/* Colours as a member. */
void add_colours(struct cJSON *body, const char *name, uint16_t colours);

#endif
