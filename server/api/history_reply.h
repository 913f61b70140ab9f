/* SPDX-License-Identifier: ISC */
/* history_reply: the answers of the names of the history, with what caches may do with them. */
#ifndef PLACED_API_HISTORY_REPLY_H
#define PLACED_API_HISTORY_REPLY_H

#include <stdbool.h>

#include "history/history_answer.h"

struct http;

/* The bytes, which are the callee's to release. */
void history_reply_answer(struct http *http, struct history_answer *answer);

/* Another name is the canonical one: 302. */
void history_reply_moved(struct http *http, struct history_name name);

/* 302 when the request spells the name in another way than the one right one: with a query behind
 * it, or percent-coded. False: it does not, and nothing was answered. */
bool history_reply_respelled(struct http *http, struct history_name name);

/* 404. No cache keeps it: what is not there today may be tomorrow. */
void history_reply_none(struct http *http, const char *error);

/* 503, with the moment after which to ask again. */
void history_reply_busy(struct http *http, const char *error);

#endif
