/* SPDX-License-Identifier: ISC */
/* admin_estimate: what a batch would take, found out by rendering a sample of it. One at a time. */
#ifndef PLACED_RENDER_HTTP_ADMIN_ESTIMATE_H
#define PLACED_RENDER_HTTP_ADMIN_ESTIMATE_H

struct web_request;

/* As POST /admin/batch, and "samples": jobs of each zoom, 1 to 50, or absent ->
 * {"jobs","tiles","seconds","seconds_error","bytes","bytes_error","sampled"} */
void admin_estimate_post(struct web_request *request);

#endif
