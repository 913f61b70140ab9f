/* SPDX-License-Identifier: ISC */
/* control_job: the jobs of moderation: planning and doing a roll-back, undoing, detecting. */
#ifndef PLACED_API_CONTROL_JOB_H
#define PLACED_API_CONTROL_JOB_H

struct control_request;

void control_job_post_plan(struct control_request *r);
void control_job_post_apply(struct control_request *r);
void control_job_post_rollback(struct control_request *r);
void control_job_post_undo(struct control_request *r);
void control_job_post_detect(struct control_request *r);
void control_job_post_cancel(struct control_request *r);
void control_job_get_authors(struct control_request *r);
void control_job_get(struct control_request *r);
void control_job_get_preview(struct control_request *r);

#endif
