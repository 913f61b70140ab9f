/* SPDX-License-Identifier: ISC */
/*
 * control_lists: see control_lists.h. What is being written is shared by two threads, the loop's
 * and the writer's; the last one that lets go of it frees it, so that a client may leave meanwhile.
 */
#include "api/control_lists.h"

#include <cjson/cJSON.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "api/control_answer.h"
#include "api/control_request.h"
#include "api/control_writer.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "net/loop.h"
#include "net/loop_state.h"

#define NO_STORE "Cache-Control: no-store\r\n"

enum { WAIT_US = 20 * 1000 * 1000 };

struct list {
    struct waiter waiter; /* of the loop; the first member */
    struct control_writing writing;
    struct loop *loop;
    struct http *http; /* of the loop's thread */
    struct site *site;
    control_lists_make *make;
    uint64_t a, b;
    char *text;        /* the answer; NULL: it could not be written. Once done is set */
    atomic_uint count; /* who still needs it */
    atomic_bool done;
};

static struct list *list_of(struct control_writing *writing)
{
    return (struct list *)((char *)writing - offsetof(struct list, writing));
}

static void unref(struct list *list)
{
    if (atomic_fetch_sub(&list->count, 1) != 1)
        return;
    free(list->text);
    free(list);
}

/* ---- the writer's thread ---- */

static void write_list(struct control_writing *writing)
{
    struct list *list = list_of(writing);
    cJSON *json = list->make(list->site, list->a, list->b);
    list->text = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
}

static void on_done(struct control_writing *writing)
{
    struct list *list = list_of(writing);
    atomic_store(&list->done, true);
    loop_control_ready(list->loop);
    unref(list);
}

/* ---- the loop's thread ---- */

/* The request does not need it any more. */
static void leave(struct http *http)
{
    struct list *list = http->work;
    http->work = NULL;
    waiters_remove(&list->loop->control_waiters, &list->waiter);
    unref(list);
}

static void on_news(struct waiter *waiter)
{
    struct list *list = (struct list *)waiter;
    struct http *http = list->http;
    if (!atomic_load(&list->done) || http->conn->dying)
        return;
    char *text = list->text;
    list->text = NULL; /* the reply's now */
    leave(http);
    if (!text) {
        reply_error(http, (struct reply){.status = 503, .extra = NO_STORE "Retry-After: 1\r\n"},
                    "busy");
        return;
    }
    reply_send(http, (struct reply){.status = 200,
                                    .type = "application/json",
                                    .extra = NO_STORE,
                                    .body = text,
                                    .len = strlen(text),
                                    .release = free,
                                    .owned = text});
}

static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    leave(http);
    reply_error(http, (struct reply){.status = 503, .extra = NO_STORE "Retry-After: 1\r\n"},
                "busy: it could not be written in time");
}

static void on_closed(struct conn *conn)
{
    struct http *http = http_of(conn);
    if (http->work)
        leave(http);
    http_free(http);
}

static const struct conn_ops waiting_ops = {.expired = on_expired, .closed = on_closed};

void control_lists_answer(struct control_request *r, control_lists_make *make, uint64_t a,
                          uint64_t b)
{
    struct http *http = r->http;
    struct loop *loop = http->conn->loop;
    struct list *list = calloc(1, sizeof *list);
    if (!list) {
        control_answer_error(r, 503, "busy");
        return;
    }
    *list = (struct list){.waiter.woken = on_news,
                          .writing = {.write = write_list, .done = on_done},
                          .loop = loop,
                          .http = http,
                          .site = http->site,
                          .make = make,
                          .a = a,
                          .b = b,
                          .count = 2};
    if (!control_writer_add(http->site->control_writer, &list->writing)) {
        free(list);
        control_answer_error(r, 503, "busy: too many lists are being written");
        return;
    }
    /* It may be done already: then the loop has been woken, and comes to it later. */
    waiters_add(&loop->control_waiters, &list->waiter);
    http_wait(http, &waiting_ops, list, WAIT_US);
}
