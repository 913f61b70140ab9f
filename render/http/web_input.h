/* SPDX-License-Identifier: ISC */
/* web_input: what a request says, read with what was expected of it: what is no good is answered.
 */
#ifndef PLACED_RENDER_HTTP_WEB_INPUT_H
#define PLACED_RENDER_HTTP_WEB_INPUT_H

#include <stdint.h>

struct cJSON;
struct web_request;

/* A query parameter that is a whole number from min to max. -1: it is something else, which has
 * been answered. When there is none, *number stays. */
int web_query_number(struct web_request *request, const char *name, uint64_t min, uint64_t max,
                     uint64_t *number);

/* The JSON object of a WEB_BODY_JSON request. NULL: it is none, which has been answered. */
struct cJSON *web_json(struct web_request *request);

#endif
