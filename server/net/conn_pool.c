/* SPDX-License-Identifier: ISC */
/* conn_pool: see conn_pool.h. */
#include "net/conn_pool.h"

#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h> /* finds what still uses a connection that was given back */
#else
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

enum { SLAB_CONNS = 63 }; /* three pages */

struct conn_slab {
    struct conn_slab *next;
    struct conn conns[SLAB_CONNS];
};

static int grow(struct conn_pool *pool)
{
    struct conn_slab *slab = aligned_alloc(alignof(struct conn_slab), sizeof *slab);
    if (!slab)
        return -1;
    slab->next = pool->slabs;
    pool->slabs = slab;
    for (size_t i = SLAB_CONNS; i > 0; i--)
        conn_pool_give(pool, &slab->conns[i - 1]);
    return 0;
}

struct conn *conn_pool_take(struct conn_pool *pool)
{
    if (!pool->unused && grow(pool) != 0)
        return NULL;
    struct conn *conn = pool->unused;
    ASAN_UNPOISON_MEMORY_REGION(conn, sizeof *conn);
    pool->unused = conn->next;
    memset(conn, 0, sizeof *conn);
    return conn;
}

void conn_pool_give(struct conn_pool *pool, struct conn *conn)
{
    conn->next = pool->unused;
    pool->unused = conn;
    ASAN_POISON_MEMORY_REGION(conn, sizeof *conn);
}

void conn_pool_free(struct conn_pool *pool)
{
    while (pool->slabs) {
        struct conn_slab *slab = pool->slabs;
        pool->slabs = slab->next;
        ASAN_UNPOISON_MEMORY_REGION(slab, sizeof *slab);
        free(slab);
    }
    pool->unused = NULL;
}
