/* SPDX-License-Identifier: ISC */
/* about: /render.json, what this server has to offer: pages read it. */
#ifndef PLACED_RENDER_HTTP_ABOUT_H
#define PLACED_RENDER_HTTP_ABOUT_H

struct web_request;

void about_get(struct web_request *request);

#endif
