/* SPDX-License-Identifier: ISC */
/* tiles: pictures by their names: from memory, from the store, or rendered meanwhile. */
#ifndef PLACED_RENDER_HTTP_TILES_H
#define PLACED_RENDER_HTTP_TILES_H

struct blob;
struct picture;
struct site;
struct web_request;

/* Any path that may be a picture's name. */
void tiles_get(struct web_request *request);

/* A picture has been finished: keep it in memory, and have it put into the store. */
void tiles_finished(struct site *site, const struct picture *picture, struct blob *bytes);

#endif
