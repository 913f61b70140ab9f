/* SPDX-License-Identifier: ISC */
/* metrics: what is counted, in the text format of Prometheus. */
#ifndef PLACED_RENDER_HTTP_METRICS_H
#define PLACED_RENDER_HTTP_METRICS_H

struct web_request;

void metrics_get(struct web_request *request);

#endif
