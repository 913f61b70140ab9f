/* SPDX-License-Identifier: ISC */
/* health: is the program alive, and can it render? */
#ifndef PLACED_RENDER_HTTP_HEALTH_H
#define PLACED_RENDER_HTTP_HEALTH_H

#include <stdbool.h>

struct site;
struct web_request;

void health_get(struct web_request *request);
void readiness_get(struct web_request *request);

/* Why it cannot render, or not yet; NULL: it can. */
const char *readiness_trouble(const struct site *site);

#endif
