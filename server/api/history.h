/* SPDX-License-Identifier: ISC */
/* history: GET /h/G/...: any version of a canvas, blocks of its edits, heat and indexes. */
#ifndef PLACED_API_HISTORY_H
#define PLACED_API_HISTORY_H

#include "history/history_answer.h"

struct http;

void history_get_picture(struct http *http);
void history_get_heat(struct http *http);
void history_get_block(struct http *http);
void history_get_tail(struct http *http);
void history_get_index(struct http *http);
void history_get_plane_index(struct http *http);
void history_get_nothing(struct http *http); /* what is under /h/ and none of these */

/* Answer what is asked for by this name, or wait a moment until it is there. */
void history_serve(struct http *http, struct history_name name);

#endif
