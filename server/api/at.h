/* SPDX-License-Identifier: ISC */
/* at: GET /at?t=TIME&canvas=GX,GY: leads to the picture of a canvas at that time. */
#ifndef PLACED_API_AT_H
#define PLACED_API_AT_H

struct http;

void at_get(struct http *http);

#endif
