/* SPDX-License-Identifier: ISC */
/* history_path: what a path of the history names, /h/G/GX,GY/...: the log and the canvas. */
#ifndef PLACED_API_HISTORY_PATH_H
#define PLACED_API_HISTORY_PATH_H

#include "core/position.h"
#include "history/history_answer.h"

struct http;

enum { HISTORY_PATH_BYTES = 128 };

/* Is the first number of the path (a '$' of its route) this log's name, and is there a history?
 * NULL, or what is wrong, for history_reply_none. */
const char *history_path_log(const struct http *http);

/* The same, and the canvas that the second and third number name, which is open or was ever
 * painted. */
const char *history_path_canvas(const struct http *http, struct position *position);

/* The path of a name. The log has an identity. */
void history_path_write(const struct http *http, struct history_name name,
                        char path[HISTORY_PATH_BYTES]);

#endif
