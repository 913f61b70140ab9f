/* SPDX-License-Identifier: ISC */
/* conn: see conn.h. Connections that were given up wait in loop->dying for conn_reap. */
#include "net/conn.h"

#include "net/callers.h"
#include "net/loop_state.h"
#include "net/stream.h"

/* Of how many there may be, the operator's own do not count, nor those that are only told so. */
static bool takes_place(const struct conn *conn)
{
    return !conn->admin && !conn->over_limit;
}

struct conn *conn_create(struct loop *loop, const struct conn_ops *ops,
                         const struct accepted *accepted)
{
    struct conn *conn = conn_pool_take(&loop->pool);
    if (!conn)
        return NULL;
    conn->loop = loop;
    conn->ops = ops;
    conn->fd = -1;
    conn->admin = accepted->admin;
    conn->over_limit = accepted->over_limit;
    conn->listed = true;
    conn->next = loop->conns;
    if (conn->next)
        conn->next->prev = conn;
    loop->conns = conn;
    loop->n_conns++;
    loop->n_places += takes_place(conn);
    metric_add(loop->config.metrics, connections, 1);
    return conn;
}

bool conn_count(struct conn *conn, const uint8_t address[16])
{
    struct callers *callers = conn->loop->config.callers;
    return !callers || conn->caller || callers_enter(callers, address, &conn->caller);
}

void conn_unlist(struct conn *conn)
{
    if (!conn->listed)
        return;
    conn->listed = false;
    if (conn->prev)
        conn->prev->next = conn->next;
    else
        conn->loop->conns = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    conn->prev = conn->next = NULL;
}

void conn_kill(struct conn *conn)
{
    if (conn->dying)
        return;
    if (conn->ws && conn->wsi) { /* libwebsockets lets go of it in its own time */
        conn->loop->transport->kill(conn);
        return;
    }
    struct loop *loop = conn->loop;
    conn->dying = true;
    if (conn->stream)
        stream_watch(conn->stream, STREAM_REST);
    conn_unlist(conn);
    conn->next = loop->dying;
    loop->dying = conn;
}

void conn_reap(struct loop *loop)
{
    while (loop->dying) {
        struct conn *conn = loop->dying;
        loop->dying = conn->next;
        if (conn->stream)
            stream_close(conn->stream);
        if (conn->ops->closed)
            conn->ops->closed(conn);
        if (conn->caller)
            callers_leave(loop->config.callers, conn->caller);
        loop->n_conns--;
        loop->n_places -= takes_place(conn);
        loop->n_ws -= conn->ws;
        metric_add(loop->config.metrics, connections, -1);
        conn_pool_give(&loop->pool, conn);
    }
}

void conn_set_deadline(struct conn *conn, uint64_t us)
{
    conn->deadline_us = env_now_us(conn->loop->config.env) + us;
}

/* What a callback does to its own connection, or to any other in another list, is allowed for: the
 * next one is looked up before, and only its own callback takes it out of the list. */
void conn_sweep(struct loop *loop, uint64_t now)
{
    for (struct conn *conn = loop->conns, *next; conn; conn = next) {
        next = conn->next;
        if (conn->deadline_us == 0 || now < conn->deadline_us)
            continue;
        conn->deadline_us = 0;
        if (conn->ops->expired)
            conn->ops->expired(conn);
        else
            conn_kill(conn);
    }
}

void conn_picture(struct loop *loop)
{
    for (struct conn *conn = loop->conns, *next; conn; conn = next) {
        next = conn->next;
        if (conn->ops->picture)
            conn->ops->picture(conn);
    }
}

bool conn_any_busy(const struct loop *loop)
{
    if (loop->n_ws > 0)
        return true;
    for (const struct conn *conn = loop->conns; conn; conn = conn->next) {
        if (!conn->ops->idle)
            return true;
    }
    return false;
}

void conn_close_all(struct loop *loop)
{
    while (loop->conns)
        conn_kill(loop->conns);
    conn_reap(loop);
}
