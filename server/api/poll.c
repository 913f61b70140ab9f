/* SPDX-License-Identifier: ISC */
/*
 * poll: see poll.h. All who wait on a loop for the same answer are one poll: news of the history
 * costs a look for each poll and an answer for each holder, nothing for anybody else.
 */
#include "api/poll.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/history_path.h"
#include "api/history_reply.h"
#include "core/decimal.h"
#include "history/history.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "net/loop_state.h"
#include "net/waiters.h"

enum {
    SECOND_US = 1000 * 1000,
    HOLD_SECONDS = 24,         /* deadlines are looked at once a second: 25 s at most */
    COMING_US = 5 * SECOND_US, /* for a log that is still being read */
};

/* A question that some wait for the answer of. */
struct poll {
    struct waiter waiter; /* the first member */
    struct loop *loop;
    struct poll *prev, *next; /* in its bucket of loop->polls */
    struct history_name name;
    bool coming; /* the history has not read as far */
    struct holder *first;
};

/* One of them; the endpoint's work of its request. */
struct holder {
    struct holder *prev, *next;
    struct poll *poll;
    struct http *http;
    uint64_t until_us;
};

static struct poll **bucket_of(struct loop *loop, struct history_name name)
{
    uint64_t mixed = ((uint64_t)(uint32_t)name.position.gx << 32 | (uint32_t)name.position.gy) ^
                     name.from * 0x9e3779b97f4a7c15;
    mixed *= 0x9e3779b97f4a7c15;
    return &loop->polls.buckets[mixed >> 58];
}

_Static_assert(LOOP_POLL_BUCKETS == 64, "the upper 6 bits are the number of a bucket");

static struct poll *find(struct loop *loop, struct history_name name)
{
    struct poll *poll = *bucket_of(loop, name);
    while (poll && !history_name_equal(poll->name, name))
        poll = poll->next;
    return poll;
}

static void on_news(struct waiter *waiter);

static struct poll *create(struct loop *loop, struct history_name name)
{
    struct poll *poll = calloc(1, sizeof *poll);
    if (!poll)
        return NULL;
    struct poll **bucket = bucket_of(loop, name);
    *poll = (struct poll){.waiter.woken = on_news, .loop = loop, .next = *bucket, .name = name};
    if (poll->next)
        poll->next->prev = poll;
    *bucket = poll;
    waiters_add(&loop->history_waiters, &poll->waiter);
    return poll;
}

/* Nobody joins it any more, and it hears no more news. */
static void close_poll(struct poll *poll)
{
    if (poll->prev)
        poll->prev->next = poll->next;
    else
        *bucket_of(poll->loop, poll->name) = poll->next;
    if (poll->next)
        poll->next->prev = poll->prev;
    waiters_remove(&poll->loop->history_waiters, &poll->waiter);
}

/* The request does not wait any more. */
static void leave(struct http *http)
{
    struct holder *holder = http->work;
    if (!holder)
        return;
    struct poll *poll = holder->poll;
    http->work = NULL;
    if (holder->prev)
        holder->prev->next = holder->next;
    else
        poll->first = holder->next;
    if (holder->next)
        holder->next->prev = holder->prev;
    free(holder);
    metric_add(poll->loop->config.metrics, polls, -1);
    if (poll->first)
        return;
    close_poll(poll);
    free(poll);
}

/* ---- answers */

static void answer_nothing(struct http *http)
{
    /* No cache may keep it: the name gets its answer when there is an edit. */
    reply_send(http, (struct reply){.status = 204, .extra = "Cache-Control: no-store\r\n"});
}

/* What history_get said, to one request. The answer remains the caller's. */
static void answer(struct http *http, enum history_state state, struct history_answer *answer,
                   struct history_name moved)
{
    switch (state) {
    case HISTORY_READY:
        history_reply_answer(http, history_answer_retain(answer));
        break;
    case HISTORY_MOVED:
        history_reply_moved(http, moved);
        break;
    case HISTORY_NONE:
        history_reply_none(http, "the history has nothing of this name");
        break;
    case HISTORY_BUSY:
        history_reply_busy(http, http->conn->loop->phase == LOOP_RUNS
                                     ? "too much of the history is being asked for"
                                     : "the server restarts");
        break;
    case HISTORY_COMING:
        history_reply_busy(http, "the history has not been read as far yet");
        break;
    case HISTORY_WAIT:
        answer_nothing(http);
        break;
    }
}

/* The same to all who wait for it. */
static void answer_all(struct poll *poll, enum history_state state, struct history_answer *bytes,
                       struct history_name moved)
{
    struct metrics *metrics = poll->loop->config.metrics;
    close_poll(poll);
    for (struct holder *holder = poll->first, *next; holder; holder = next) {
        struct http *http = holder->http;
        next = holder->next;
        free(holder);
        http->work = NULL;
        metric_add(metrics, polls, -1);
        if (!http->conn->dying)
            answer(http, state, bytes, moved);
    }
    free(poll);
}

/* ---- waiting */

/* The history has something new, or the server ends. */
static void on_news(struct waiter *waiter)
{
    struct poll *poll = (struct poll *)waiter;
    const struct site *site = poll->first->http->site;
    struct history_answer *bytes = NULL;
    struct history_name moved = {0};
    if (poll->loop->phase != LOOP_RUNS) {
        answer_all(poll, HISTORY_BUSY, NULL, moved);
        return;
    }
    enum history_state state = history_get(site->history, poll->name, &bytes, &moved);
    if (state == HISTORY_COMING)
        return;
    if (state != HISTORY_WAIT) {
        answer_all(poll, state, bytes, moved);
        history_answer_release(bytes);
        return;
    }
    for (struct holder *holder = poll->first; poll->coming && holder; holder = holder->next)
        holder->http->conn->deadline_us = holder->until_us;
    poll->coming = false;
}

/* The client is gone, or sends its next request before it has its answer. */
static void on_readable(struct conn *conn)
{
    struct http *http = http_of(conn);
    char *input = malloc(HTTP_INPUT_BYTES);
    ssize_t n = input ? stream_read(&http->stream, input, HTTP_INPUT_BYTES) : STREAM_BROKEN;
    if (n > 0) {
        http->input = input;
        http->input_len = (size_t)n;
        stream_watch(&http->stream, STREAM_REST);
        return;
    }
    free(input);
    if (n == STREAM_AGAIN) {
        stream_watch(&http->stream, STREAM_READ);
        return;
    }
    leave(http);
    conn_kill(conn);
}

static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    const struct holder *holder = http->work;
    enum history_state state = holder->poll->coming ? HISTORY_COMING : HISTORY_WAIT;
    leave(http);
    answer(http, state, NULL, (struct history_name){0});
}

static void on_closed(struct conn *conn)
{
    struct http *http = http_of(conn);
    leave(http);
    http_free(http);
}

static const struct conn_ops holding_ops = {
    .readable = on_readable, .expired = on_expired, .closed = on_closed};

static void hold(struct http *http, struct history_name name, bool coming, uint64_t us)
{
    struct loop *loop = http->conn->loop;
    struct holder *holder = calloc(1, sizeof *holder);
    struct poll *poll = holder ? find(loop, name) : NULL;
    if (holder && !poll)
        poll = create(loop, name);
    if (!poll) {
        free(holder);
        history_reply_busy(http, "busy");
        return;
    }
    poll->coming = coming;
    *holder = (struct holder){.next = poll->first, .poll = poll, .http = http};
    if (holder->next)
        holder->next->prev = holder;
    poll->first = holder;
    metric_add(loop->config.metrics, polls, 1);
    http_wait(http, &holding_ops, holder, coming ? COMING_US : us);
    holder->until_us = env_now_us(loop->config.env) + us;
    if (http->input_len > http->used)
        return; /* the next request has come with this one */
    http_drop_input(http);
    stream_watch(&http->stream, STREAM_READ);
}

/* For how long the client has waited already: a cache between us lets its clients wait for the
 * answer that one of them has asked for, and passes on who waited in vain. */
static unsigned waited_seconds(const struct http *http)
{
    const char *value = request_field(&http->request, "placed-waited");
    uint64_t seconds;
    if (!value || !decimal_parse(value, strcspn(value, "."), UINT32_MAX, &seconds))
        return 0;
    return (unsigned)seconds;
}

void poll_get(struct http *http)
{
    struct history_name name = {.kind = HISTORY_EDITS}, moved = {0};
    struct history_answer *bytes = NULL;
    const char *error = history_path_canvas(http, &name.position);
    if (!error && http->numbers[3] < 0)
        error = "the history has nothing of this name";
    if (error) {
        history_reply_none(http, error);
        return;
    }
    name.from = (uint64_t)http->numbers[3];
    enum history_state state = history_get(http->site->history, name, &bytes, &moved);
    unsigned waited = waited_seconds(http),
             left = waited < HOLD_SECONDS ? HOLD_SECONDS - waited : 0;
    bool coming = state == HISTORY_COMING, waits = coming || (state == HISTORY_WAIT && left > 0);
    if (waits && http->conn->loop->phase == LOOP_RUNS) {
        hold(http, name, coming, (uint64_t)left * SECOND_US);
        return;
    }
    if (waits)
        state = HISTORY_BUSY; /* it ends */
    answer(http, state, bytes, moved);
    history_answer_release(bytes);
}
