/* SPDX-License-Identifier: ISC */
/* canvas_path: which canvas a request is about: the one in its path (/c/GX,GY/...), or (0, 0). */
#ifndef PLACED_API_CANVAS_PATH_H
#define PLACED_API_CANVAS_PATH_H

struct canvas_place;
struct http;

/* The canvas; NULL after 404 has been answered, when it is neither open nor painted. */
struct canvas_place *canvas_path_find(struct http *http);

#endif
