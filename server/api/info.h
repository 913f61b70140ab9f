/* SPDX-License-Identifier: ISC */
/* info: GET /info, what there is to know before one connects. */
#ifndef PLACED_API_INFO_H
#define PLACED_API_INFO_H

struct http;

void info_get(struct http *http);

#endif
