/* SPDX-License-Identifier: ISC */
/* picture: GET .../canvas.png. Clients that ask while the picture is being encoded wait for it, and
 * all get the same bytes. */
#ifndef PLACED_API_PICTURE_H
#define PLACED_API_PICTURE_H

struct http;
struct loop;

void picture_get(struct http *http);

/* For loop_config: there is a new picture. */
void picture_ready(struct loop *loop);

#endif
