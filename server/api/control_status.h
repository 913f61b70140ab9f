/* SPDX-License-Identifier: ISC */
/* control_status: how things stand, and who has done what. */
#ifndef PLACED_API_CONTROL_STATUS_H
#define PLACED_API_CONTROL_STATUS_H

struct control_request;

void control_status_get(struct control_request *r);
void control_status_get_audit(struct control_request *r);

#endif
