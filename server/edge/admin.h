/* SPDX-License-Identifier: ISC */
/* admin: what the operator's machines ask for, on the admin listener only. */
#ifndef PLACED_EDGE_ADMIN_H
#define PLACED_EDGE_ADMIN_H

struct conn;

int metrics_request(struct conn *conn);
int healthz_request(struct conn *conn);
int readyz_request(struct conn *conn);

#endif
