/* SPDX-License-Identifier: ISC */
/* history: see history.h. */
#include "api/history.h"

#include <stdlib.h>

#include "api/history_path.h"
#include "api/history_reply.h"
#include "history/history.h"
#include "http/http.h"
#include "http/site.h"
#include "net/loop_state.h"
#include "plane/canvases.h"

enum {
    WAIT_US = 5 * 1000 * 1000, /* for an answer that is being made, or a log that is being read */
};

/* Answer if it can be answered now. */
static bool try_to_answer(struct http *http, struct history_name name)
{
    struct history_answer *answer;
    struct history_name moved;
    switch (history_get(http->site->history, name, &answer, &moved)) {
    case HISTORY_READY:
        history_reply_answer(http, answer);
        return true;
    case HISTORY_MOVED:
        history_reply_moved(http, moved);
        return true;
    case HISTORY_BUSY:
        history_reply_busy(http, "too much of the history is being asked for");
        return true;
    case HISTORY_NONE:
        history_reply_none(http, "the history has nothing of this name");
        return true;
    case HISTORY_COMING:
    case HISTORY_WAIT:
        break;
    }
    return false;
}

/* A request that waits; the endpoint's work of it. */
struct waiting {
    struct waiter waiter; /* the first member */
    struct http *http;
    struct history_name name;
};

/* It does not wait any more. */
static void stop_waiting(struct http *http)
{
    struct waiting *waiting = http->work;
    if (waiting)
        waiters_remove(&http->conn->loop->history_waiters, &waiting->waiter);
    http->work = NULL;
    free(waiting);
}

/* Something can be had that could not be had before; perhaps it is what this request waits for. */
static void on_news(struct waiter *waiter)
{
    struct waiting *waiting = (struct waiting *)waiter;
    struct http *http = waiting->http;
    if (http->conn->dying)
        return;
    /* Out of the request: what answers it may begin the next one. */
    http->work = NULL;
    if (!try_to_answer(http, waiting->name)) {
        http->work = waiting;
        return;
    }
    waiters_remove(&http->conn->loop->history_waiters, waiter);
    free(waiting);
}

static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    stop_waiting(http);
    history_reply_busy(http, "not yet: it is still being made, or the log is being read");
}

static void on_closed(struct conn *conn)
{
    struct http *http = http_of(conn);
    stop_waiting(http);
    http_free(http);
}

static const struct conn_ops waiting_ops = {.expired = on_expired, .closed = on_closed};

void history_serve(struct http *http, struct history_name name)
{
    if (try_to_answer(http, name))
        return;
    struct waiting *waiting = calloc(1, sizeof *waiting);
    if (!waiting) {
        history_reply_busy(http, "busy");
        return;
    }
    *waiting = (struct waiting){.waiter.woken = on_news, .http = http, .name = name};
    waiters_add(&http->conn->loop->history_waiters, &waiting->waiter);
    http_wait(http, &waiting_ops, waiting, WAIT_US);
}

/* What the path names, of this kind; its numbers behind the canvas are versions or a block. */
static void serve_canvas(struct http *http, enum history_kind kind)
{
    struct history_name name = {.kind = kind};
    const char *error = history_path_canvas(http, &name.position);
    const int64_t from = http->numbers[3], to = http->numbers[4];
    if (!error && (from < 0 || to < 0))
        error = "the history has nothing of this name";
    if (error) {
        history_reply_none(http, error);
        return;
    }
    name.from = (uint64_t)from;
    name.to = kind == HISTORY_BLOCK ? canvases_version(http->site->canvases) : (uint64_t)to;
    if (!history_reply_respelled(http, name))
        history_serve(http, name);
}

void history_get_picture(struct http *http)
{
    serve_canvas(http, HISTORY_PICTURE);
}

void history_get_heat(struct http *http)
{
    serve_canvas(http, HISTORY_HEAT);
}

void history_get_block(struct http *http)
{
    serve_canvas(http, HISTORY_BLOCK);
}

void history_get_tail(struct http *http)
{
    serve_canvas(http, HISTORY_TAIL);
}

void history_get_index(struct http *http)
{
    serve_canvas(http, HISTORY_INDEX);
}

void history_get_plane_index(struct http *http)
{
    const struct history_name name = {.kind = HISTORY_PLANE_INDEX};
    const char *error = history_path_log(http);
    if (error)
        history_reply_none(http, error);
    else if (!history_reply_respelled(http, name))
        history_serve(http, name);
}

void history_get_nothing(struct http *http)
{
    history_reply_none(http, "the history has nothing of this name");
}
