/* SPDX-License-Identifier: ISC */
/* edit: POST /edit, one pixel by curl, a bot, or a page that has no WebSocket. */
#ifndef PLACED_API_EDIT_H
#define PLACED_API_EDIT_H

struct http;

void edit_post(struct http *http);

#endif
