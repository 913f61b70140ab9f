/* SPDX-License-Identifier: ISC */
/* control_ban: who may not draw, or only slowly, and until when. */
#ifndef PLACED_API_CONTROL_BAN_H
#define PLACED_API_CONTROL_BAN_H

struct control_request;

void control_ban_list(struct control_request *r);
void control_ban_post(struct control_request *r);
void control_ban_post_end(struct control_request *r);

#endif
