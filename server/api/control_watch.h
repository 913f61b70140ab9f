/* SPDX-License-Identifier: ISC */
/* control_watch: what people have reported, what the detectors have found, and what goes on. */
#ifndef PLACED_API_CONTROL_WATCH_H
#define PLACED_API_CONTROL_WATCH_H

struct control_request;

void control_watch_get_top(struct control_request *r);
void control_watch_list_reports(struct control_request *r);
void control_watch_post_close(struct control_request *r);
void control_watch_list_suspects(struct control_request *r);
void control_watch_list_rules(struct control_request *r);
void control_watch_post_rule(struct control_request *r);

#endif
