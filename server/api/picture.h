/* SPDX-License-Identifier: ISC */
/* picture: GET .../canvas.png, /t/Z/X/Y.png and /preview.png. Clients that ask while the picture is being
 * encoded wait for it, and all get the same bytes. */
#ifndef PLACED_API_PICTURE_H
#define PLACED_API_PICTURE_H

struct http;

void picture_get(struct http *http);      /* a canvas */
void picture_get_preview(struct http *http); /* all that has been painted */
void picture_get_tile(struct http *http); /* several canvases, smaller */

#endif
