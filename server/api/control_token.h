/* SPDX-License-Identifier: ISC */
/* control_token: the tokens of the staff and of bots. What is kept of one is its hash. */
#ifndef PLACED_API_CONTROL_TOKEN_H
#define PLACED_API_CONTROL_TOKEN_H

struct control_request;

void control_token_list(struct control_request *r);
void control_token_post(struct control_request *r);
void control_token_post_remove(struct control_request *r);

#endif
