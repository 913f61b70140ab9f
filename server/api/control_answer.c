/* SPDX-License-Identifier: ISC */
/*
 * control_answer: see control_answer.h. A request that waits is shared by two threads: the loop's,
 * which has the connection, and control's, which tells what became of the record. Each counts once;
 * the last one frees. The client may leave meanwhile; the record goes its way.
 */
#include "api/control_answer.h"

#include <cjson/cJSON.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "api/control_request.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "moderation/moderation.h"
#include "net/loop.h"
#include "net/loop_state.h"

#define NO_STORE "Cache-Control: no-store\r\n"

enum { WAIT_US = 10 * 1000 * 1000 };

struct pending {
    struct waiter waiter;         /* of the loop; the first member */
    struct control_waiter record; /* of control */
    struct loop *loop;
    struct http *http; /* NULL: the client has left, or was answered. Loop's thread */
    cJSON *answer;     /* loop's thread */
    const char *kind;  /* of a job that follows; NULL: none does */
    cJSON *request;    /* of that */
    struct control_actor actor;
    atomic_uint count; /* who still needs it: the loop, control */
    _Atomic uint64_t action;
    atomic_bool done; /* action is known */
};

void control_answer(struct control_request *r, struct cJSON *json)
{
    reply_json(r->http, (struct reply){.status = 200, .extra = NO_STORE}, json);
}

void control_answer_error(struct control_request *r, unsigned status, const char *error)
{
    reply_error(r->http,
                (struct reply){.status = status,
                               .extra = status == 503 ? NO_STORE "Retry-After: 1\r\n" : NO_STORE},
                error);
}

void control_answer_wrong(struct control_request *r)
{
    control_answer_error(r, r->error[0] ? 400 : 503, r->error[0] ? r->error : "busy");
}

static void unref(struct pending *pending)
{
    if (atomic_fetch_sub(&pending->count, 1) != 1)
        return;
    cJSON_Delete(pending->answer);
    cJSON_Delete(pending->request);
    free(pending);
}

/* The record acts: start the job that follows it. */
static void start_job(const struct pending *pending, struct moderation *moderation)
{
    char error[MODERATION_ERROR_BYTES] = "busy";
    unsigned status;
    uint64_t job = moderation_start(moderation, pending->kind, pending->request, &pending->actor,
                                    &status, error);
    if (job > 0)
        cJSON_AddNumberToObject(pending->answer, "job", (double)job);
    else
        cJSON_AddStringToObject(pending->answer, "job_error", error);
}

/* The loop needs it no more. */
static void leave(struct pending *pending)
{
    waiters_remove(&pending->loop->control_waiters, &pending->waiter);
    pending->http->work = NULL;
    pending->http = NULL;
    unref(pending);
}

static struct pending *pending_of(struct control_waiter *record)
{
    return (struct pending *)((char *)record - offsetof(struct pending, record));
}

/* From control's thread, or that of what else was asked. */
static void on_record(struct control_waiter *record, uint64_t action)
{
    struct pending *pending = pending_of(record);
    atomic_store(&pending->action, action);
    atomic_store(&pending->done, true);
    loop_control_ready(pending->loop);
    unref(pending);
}

/* Something has been read back; perhaps it is what this one waits for. */
static void on_news(struct waiter *waiter)
{
    struct pending *pending = (struct pending *)waiter;
    struct http *http = pending->http;
    if (!atomic_load(&pending->done) || http->conn->dying)
        return;
    uint64_t action = atomic_load(&pending->action);
    if (action > 0 && pending->kind)
        start_job(pending, http->site->moderation);
    cJSON *answer = pending->answer;
    pending->answer = NULL;
    leave(pending);
    if (action == 0) {
        cJSON_Delete(answer);
        reply_error(http, (struct reply){.status = 503, .extra = NO_STORE "Retry-After: 1\r\n"},
                    "the control log has not taken it");
        return;
    }
    cJSON_AddNumberToObject(answer, "action", (double)action);
    reply_json(http, (struct reply){.status = 200, .extra = NO_STORE}, answer);
}

static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    leave(http->work);
    reply_error(http, (struct reply){.status = 503, .extra = NO_STORE},
                "unknown: the control log has not answered within 10 s; it may act yet");
}

static void on_closed(struct conn *conn)
{
    struct http *http = http_of(conn);
    if (http->work)
        leave(http->work);
    http_free(http);
}

static const struct conn_ops waiting_ops = {.expired = on_expired, .closed = on_closed};

struct control_waiter *control_answer_waiter(struct control_request *r, struct cJSON *more)
{
    struct pending *pending = calloc(1, sizeof *pending);
    cJSON *answer = more ? more : cJSON_CreateObject();
    if (!pending || !answer) {
        free(pending);
        cJSON_Delete(answer);
        control_answer_error(r, 503, "busy");
        return NULL;
    }
    *pending = (struct pending){.waiter.woken = on_news,
                                .record.done = on_record,
                                .loop = r->http->conn->loop,
                                .http = r->http,
                                .answer = answer,
                                .actor = r->actor,
                                .count = 2};
    return &pending->record;
}

void control_answer_wait(struct control_waiter *waiter)
{
    /* We may have been told already: then the loop has been woken, and comes to it later. */
    struct pending *pending = pending_of(waiter);
    waiters_add(&pending->loop->control_waiters, &pending->waiter);
    http_wait(pending->http, &waiting_ops, pending, WAIT_US);
}

void control_answer_give_up(struct control_request *r, struct control_waiter *waiter,
                            unsigned status, const char *error)
{
    struct pending *pending = pending_of(waiter);
    atomic_store(&pending->count, 1);
    unref(pending);
    control_answer_error(r, status, error);
}

/* NULL for waiter: it has been answered. */
static void append(struct control_request *r, const char *type, const char *name, cJSON *fields,
                   struct control_waiter *waiter)
{
    char error[CONTROL_ERROR_BYTES];
    if (!waiter)
        cJSON_Delete(fields);
    else if (control_append(r->http->site->control, type, name, fields, &r->actor, waiter, error) ==
             0)
        control_answer_wait(waiter);
    else
        control_answer_give_up(r, waiter, 503, error);
}

void control_answer_append(struct control_request *r, const char *type, const char *name,
                           struct cJSON *fields, struct cJSON *more)
{
    append(r, type, name, fields, control_answer_waiter(r, more));
}

void control_answer_append_then(struct control_request *r, const char *type, const char *name,
                                struct cJSON *fields, const char *kind, struct cJSON *request)
{
    struct control_waiter *waiter = control_answer_waiter(r, NULL);
    if (waiter) {
        pending_of(waiter)->kind = kind;
        pending_of(waiter)->request = request;
    } else {
        cJSON_Delete(request);
    }
    append(r, type, name, fields, waiter);
}

void control_answer_remove(struct control_request *r, const char *type, const char *name,
                           const char *nothing)
{
    cJSON *stands = control_get(r->http->site->control, type, name);
    cJSON_Delete(stands);
    if (!stands) {
        control_answer_error(r, 404, nothing);
        return;
    }
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddTrueToObject(fields, "gone");
    control_answer_append(r, type, name, fields, NULL);
}
