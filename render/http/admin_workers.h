/* SPDX-License-Identifier: ISC */
/* admin_workers: GET /admin/workers: the servers of the set, each with its workers and pools, as
 * the snapshot of /events has them; for programs that want it once. */
#ifndef PLACED_RENDER_HTTP_ADMIN_WORKERS_H
#define PLACED_RENDER_HTTP_ADMIN_WORKERS_H

struct web_request;

void admin_workers_get(struct web_request *request);

#endif
