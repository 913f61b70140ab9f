/* SPDX-License-Identifier: ISC */
/* info: what there is to know before one connects. */
#ifndef PLACED_API_INFO_H
#define PLACED_API_INFO_H

struct http;

/* GET /info, for who asks. */
void info_get(struct http *http);

/* GET /plane: what of it is the same for everybody, so that a cache answers when all pages ask at
 * once, because the rules have changed. */
void info_get_plane(struct http *http);

#endif
