/* SPDX-License-Identifier: ISC */
/* health: whether the server lives and whether it can work, on the admin listener. */
#ifndef PLACED_API_HEALTH_H
#define PLACED_API_HEALTH_H

struct http;

void health_get(struct http *http);    /* GET /healthz */
void readiness_get(struct http *http); /* GET /readyz */

#endif
