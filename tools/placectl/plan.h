/* SPDX-License-Identifier: ISC */
/* plan: what a roll-back would do, as the server has found it out: for people, and as a file that
 * says it to the server again, which does it then if it is still true. */
#ifndef PLACED_PLACECTL_PLAN_H
#define PLACED_PLACECTL_PLAN_H

#include "common/ctl.h"

/* Have the server plan. The job when it is done; NULL after a message, see job_follow. */
struct cJSON *plan_make(struct ctl *ctl, const char *which);

/* What it means, on standard output. */
void plan_show(struct ctl *ctl, const struct cJSON *result);

/* Ask when so many pixels are much. False: no, and the exit status is in ctl->status. */
bool plan_confirm(struct ctl *ctl, uint64_t pixels);

/* Ask when it is much, and have the server do it. The job when it is done; NULL after a message,
 * see job_follow. */
struct cJSON *plan_do(struct ctl *ctl, const struct cJSON *result);

/* Say what a job of plan_do, which becomes the callee's, has done. The exit status. */
int plan_tell(struct ctl *ctl, struct cJSON *job);

/* The file is whole or not there. The exit status. */
int plan_save(struct ctl *ctl, const char *path, const struct cJSON *result);

/* The result in a file; NULL after a message. */
struct cJSON *plan_load(const struct ctl *ctl, const char *path);

/* --rate as a member of this body. False after a message. */
bool plan_add_rate(struct ctl *ctl, struct cJSON *body);

enum { PLAN_ASK_FROM = 10000 }; /* pixels: more are only touched when somebody has said yes */

#endif
