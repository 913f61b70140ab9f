/* SPDX-License-Identifier: ISC */
/* metrics: GET /metrics on the admin listener, the counters for Prometheus. */
#ifndef PLACED_API_METRICS_H
#define PLACED_API_METRICS_H

struct http;

void metrics_get(struct http *http);

#endif
