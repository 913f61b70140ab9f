/* SPDX-License-Identifier: ISC */
/*
 * control_access: who may use the admin API: whoever shows a token, in one field of the request and
 * nowhere else. Asked before anything of a body is looked at.
 */
#ifndef PLACED_API_CONTROL_ACCESS_H
#define PLACED_API_CONTROL_ACCESS_H

#include <stdbool.h>

#include "control/control.h"

struct http;

/* Which networks have shown wrong tokens of late. Any thread. */
struct control_failures;

struct control_failures *control_failures_create(void); /* NULL when out of memory */
void control_failures_destroy(struct control_failures *failures);

/* Who asks? False: it has been answered, by 401, 429 (a network that has shown too many wrong ones)
 * or 403 (another site's page). Beside the admin listener nobody is more than a moderator. */
bool control_access_ask(struct http *http, struct control_actor *actor);

/* Is the asker's role enough? False: it has been answered by 403. */
bool control_access_allows(struct http *http, const struct control_actor *actor,
                           enum control_role needed);

#endif
