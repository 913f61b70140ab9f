/* SPDX-License-Identifier: ISC */
/* pages: the web client's pages and their files. */
#ifndef PLACED_RENDER_HTTP_PAGES_H
#define PLACED_RENDER_HTTP_PAGES_H

struct web_request;

/* "/", "/explore", "/maps" and "/factory", and what these load. */
void pages_get(struct web_request *request);

#endif
