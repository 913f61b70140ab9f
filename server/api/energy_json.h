/* SPDX-License-Identifier: ISC */
/* energy_json: what somebody has to draw with, as JSON. */
#ifndef PLACED_API_ENERGY_JSON_H
#define PLACED_API_ENERGY_JSON_H

struct cJSON;
struct http;
struct visitor;

/* Add the member "energy" of this visitor. */
void energy_json_add(struct cJSON *json, struct http *http, const struct visitor *visitor);

#endif
