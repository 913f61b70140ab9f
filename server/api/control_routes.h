/* SPDX-License-Identifier: ISC */
/*
 * control_routes: the table of the admin API: a row a request, with the role that it needs, the
 * fields that it may have and who answers it. Who asks, and whether he may, is found out here, once
 * for all rows, before anything of the request is looked at but its path.
 */
#ifndef PLACED_API_CONTROL_ROUTES_H
#define PLACED_API_CONTROL_ROUTES_H

struct http;

/* For whatever begins with /control/. */
void control_routes_get(struct http *http);
void control_routes_post(struct http *http);

#endif
