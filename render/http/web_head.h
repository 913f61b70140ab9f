/* SPDX-License-Identifier: ISC */
/* web_head: the head of a request: its target, how its body is framed, which row of the table it is
 * for, and which page it comes from. */
#ifndef PLACED_RENDER_HTTP_WEB_HEAD_H
#define PLACED_RENDER_HTTP_WEB_HEAD_H

#include "render/http/web_route.h"

struct web_request;

/* Read it. What cannot be served has been answered afterwards. */
void web_head_read(struct web_request *request, const struct web_routes *routes, const char *method,
                   const char *version);

/* Does the client wait for "100 Continue" before it sends the body? */
bool web_head_expects_continue(const struct web_request *request);

#endif
