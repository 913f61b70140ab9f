/* SPDX-License-Identifier: ISC */
/* control_paint: a piece of what an operator fills, pastes or copies. */
#ifndef PLACED_API_CONTROL_PAINT_H
#define PLACED_API_CONTROL_PAINT_H

struct control_request;

void control_paint_post(struct control_request *r);

#endif
