/* SPDX-License-Identifier: ISC */
/* control_who: who painted a pixel, with author ids and networks. */
#ifndef PLACED_API_CONTROL_WHO_H
#define PLACED_API_CONTROL_WHO_H

struct control_request;

void control_who_get(struct control_request *r);

#endif
