/* SPDX-License-Identifier: ISC */
/* control_canvas: which canvases take edits and when, and with which colours anywhere. */
#ifndef PLACED_API_CONTROL_CANVAS_H
#define PLACED_API_CONTROL_CANVAS_H

struct control_request;

void control_canvas_list(struct control_request *r);
void control_canvas_post(struct control_request *r);
void control_canvas_post_palette(struct control_request *r);

#endif
