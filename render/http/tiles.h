/* SPDX-License-Identifier: ISC */
/* tiles: pictures by their names: from memory, from the store, or rendered meanwhile. */
#ifndef PLACED_RENDER_HTTP_TILES_H
#define PLACED_RENDER_HTTP_TILES_H

#include <stdint.h>

struct blob;
struct picture;
struct pool;
struct site;
struct web_request;

/* Any path that may be a picture's name. */
void tiles_get(struct web_request *request);

/* The pool whose children render it; NULL: it cannot be rendered here. */
struct pool *tiles_pool(const struct site *site, const struct picture *picture);

/* Bytes of a picture that has been finished lately, 0 when that is not known. */
uint64_t tiles_size(struct site *site, const struct picture *picture);

/* A picture has been finished: keep it in memory, and have it put into the store. */
void tiles_finished(struct site *site, const struct picture *picture, struct blob *bytes);

#endif
