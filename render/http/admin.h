/* SPDX-License-Identifier: ISC */
/* admin: what the operator changes while the program runs: how many renderers there are, and that
 * styles are read anew. */
#ifndef PLACED_RENDER_HTTP_ADMIN_H
#define PLACED_RENDER_HTTP_ADMIN_H

struct web_request;

/* {"op":"thumbnail" or the name of a pool, "n":how many} */
void admin_scale_post(struct web_request *request);

void admin_reload_post(struct web_request *request);

#endif
