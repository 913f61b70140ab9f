/* SPDX-License-Identifier: ISC */
/*
 * conn_pool: the memory of a loop's connections. They lie close together, each at a cache line: a
 * tick reads all of them, and between libwebsockets' own objects each would be in another page.
 * What is given back is used again, and freed with the pool. Of one thread.
 */
#ifndef PLACED_NET_CONN_POOL_H
#define PLACED_NET_CONN_POOL_H

#include "net/conn_types.h"

struct conn_slab;

/* Begins as zeros. */
struct conn_pool {
    struct conn_slab *slabs;
    struct conn *unused; /* by next */
};

/* All of it zero; NULL when out of memory. */
struct conn *conn_pool_take(struct conn_pool *pool);

/* Nothing may point at it any more. */
void conn_pool_give(struct conn_pool *pool, struct conn *conn);

void conn_pool_free(struct conn_pool *pool);

#endif
