/* SPDX-License-Identifier: ISC */
/* metrics_json: GET /metrics/json: what all servers that are known have done, in all, by operation
 * on images, and by pool. */
#ifndef PLACED_RENDER_HTTP_METRICS_JSON_H
#define PLACED_RENDER_HTTP_METRICS_JSON_H

struct web_request;

void metrics_json_get(struct web_request *request);

#endif
