/* SPDX-License-Identifier: ISC */
/*
 * control_lists: answers of the admin API that can be long. They are written by the writer's
 * thread, and the request waits for that.
 */
#ifndef PLACED_API_CONTROL_LISTS_H
#define PLACED_API_CONTROL_LISTS_H

#include <stdint.h>

struct cJSON;
struct control_request;
struct site;

/* Makes an answer, on the writer's thread, from two numbers of the request. NULL when out of
 * memory. */
typedef struct cJSON *control_lists_make(struct site *site, uint64_t a, uint64_t b);

/* Answer with what make makes, 503 when too many answers wait. */
void control_lists_answer(struct control_request *r, control_lists_make *make, uint64_t a,
                          uint64_t b);

#endif
