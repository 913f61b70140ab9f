/* SPDX-License-Identifier: ISC */
/*
 * poll: GET /h/G/GX,GY/edits/V: what came after a version of a canvas, as soon as something has.
 * The answer is the same for everybody and for ever, so a cache on the way can hold the viewers.
 */
#ifndef PLACED_API_POLL_H
#define PLACED_API_POLL_H

struct http;

void poll_get(struct http *http);

#endif
