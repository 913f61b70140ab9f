/* SPDX-License-Identifier: ISC */
/* control_region: rectangles of the plane with rules of their own; freezing one, or everything. */
#ifndef PLACED_API_CONTROL_REGION_H
#define PLACED_API_CONTROL_REGION_H

struct control_request;

void control_region_list(struct control_request *r);
void control_region_post(struct control_request *r);
void control_region_post_remove(struct control_request *r);
void control_region_post_freeze(struct control_request *r);

#endif
