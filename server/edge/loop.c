/* SPDX-License-Identifier: ISC */
/*
 * loop: libev's loop is ours and libwebsockets is a guest on it. Before each wait the shard runs;
 * what it returns becomes a timer. Another thread reaches the loop by ev_async only.
 */
#include "edge/loop.h"

#include <libwebsockets.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/diag.h"
#include "edge/guard.h"
#include "edge/loop_state.h"
#include "edge/tls.h"

enum {
    READ_BYTES = 16 * 1024,       /* read from a socket at once; also holds a handshake's answer */
    HEADER_BYTES = 8 * 1024,      /* of a request in all */
    TIMEOUT_SECONDS = 10,         /* for headers, and for a silent connection */
    KEEPALIVE_SECONDS = 30,       /* between requests */
    DRAIN_US = 5 * 1000 * 1000,   /* for what is in flight to be settled */
    GOODBYE_US = 1500 * 1000,     /* for close frames to reach the clients */
    STOPPING_STEP_US = 50 * 1000, /* how often a loop that ends looks whether it may */
    CLOSE_RESTART = 1012,
};

static uint64_t now_us(struct loop *loop)
{
    return env_now_us(loop->config.env);
}

static void wake_host(struct shard_host *host)
{
    struct loop *loop = (struct loop *)((char *)host - offsetof(struct loop, host));
    ev_async_send(loop->ev, &loop->wake);
}

/* Coming round is all that is wanted: on_prepare does the work. */
static void on_wake(struct ev_loop *ev, ev_async *watcher, int events)
{
}

static void on_due(struct ev_loop *ev, ev_timer *watcher, int events)
{
}

static void on_picture(struct ev_loop *ev, ev_async *watcher, int events)
{
    picture_ready(watcher->data);
}

static void on_second(struct ev_loop *ev, ev_timer *watcher, int events)
{
    struct loop *loop = watcher->data;
    http_sweep(loop, now_us(loop));
    /* libwebsockets' libev plugin re-arms its timer only after I/O, and never earlier than it was
     * set: without this nudge a silent connection on a quiet server would not time out. */
    lws_cancel_service(loop->lws);
}

static void on_stop(struct ev_loop *ev, ev_async *watcher, int events)
{
    struct loop *loop = watcher->data;
    if (loop->phase != LOOP_RUNS)
        return;
    loop->phase = LOOP_DRAINS;
    loop->phase_until_us = now_us(loop) + DRAIN_US;
    listen_close(loop);
    shard_drain(loop->shard);
}

static void on_reload(struct ev_loop *ev, ev_async *watcher, int events)
{
    tls_reload(watcher->data);
}

static bool all_gone(const struct loop *loop)
{
    if (loop->n_ws > 0)
        return false;
    for (const struct conn *conn = loop->http; conn; conn = conn->next) {
        if (conn->kind != CONN_HTTP)
            return false;
    }
    return true;
}

/* One step towards the end, when it is time for it. */
static void stop_further(struct loop *loop, uint64_t now)
{
    bool late = now >= loop->phase_until_us;
    if (loop->phase == LOOP_DRAINS && (late || shard_drained(loop->shard))) {
        loop->phase = LOOP_CLOSES;
        loop->phase_until_us = now + GOODBYE_US;
        shard_close_sessions(loop->shard, CLOSE_RESTART, "the server restarts");
    } else if (loop->phase == LOOP_CLOSES && (late || all_gone(loop))) {
        ev_break(loop->ev, EVBREAK_ALL);
    }
}

static void on_prepare(struct ev_loop *ev, ev_prepare *watcher, int events)
{
    struct loop *loop = watcher->data;
    uint64_t due = shard_run(loop->shard);
    uint64_t now = now_us(loop);
    if (loop->phase != LOOP_RUNS) {
        stop_further(loop, now);
        if (due > now + STOPPING_STEP_US)
            due = now + STOPPING_STEP_US;
    }
    if (due == loop->due_us && ev_is_active(&loop->due))
        return;
    loop->due_us = due;
    ev_timer_stop(ev, &loop->due);
    if (due == UINT64_MAX)
        return;
    ev_timer_set(&loop->due, due > now ? (double)(due - now) * 1e-6 : 0., 0.);
    ev_timer_start(ev, &loop->due);
}

static void lws_says(int level, const char *line)
{
    diag_warn("libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

static void quieten_lws(void)
{
    lws_set_log_level(LLL_ERR, lws_says);
}

static int open_context(struct loop *loop, char error[LOOP_ERROR_BYTES])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    /* All zero: no validity checks. The default keeps a sorted list of timers in which every pong
     * walks past all others; we ping by ourselves. */
    static const lws_retry_bo_t no_policy;
    void *foreign[1] = {loop->ev};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER, /* listen.c does that */
        .protocols = guard_protocols,
        .options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME,
        .foreign_loops = foreign,
        .user = loop,
        .pt_serv_buf_size = READ_BYTES,
        .max_http_header_data2 = HEADER_BYTES,
        .timeout_secs = TIMEOUT_SECONDS,
        .timeout_secs_ah_idle = TIMEOUT_SECONDS,
        .keepalive_timeout = KEEPALIVE_SECONDS,
        .retry_and_idle_policy = &no_policy,
    };
    if (tls_set(loop, &info, error) != 0)
        return -1;
    pthread_once(&once, quieten_lws);
    loop->lws = lws_create_context(&info);
    loop->vhost = loop->lws ? lws_get_vhost_by_name(loop->lws, "default") : NULL;
    if (!loop->vhost) {
        snprintf(error, LOOP_ERROR_BYTES,
                 "libwebsockets does not start (see the message before; is its libev plugin "
                 "installed?)");
        return -1;
    }
    return 0;
}

static void start_watchers(struct loop *loop)
{
    ev_async_init(&loop->wake, on_wake);
    ev_async_init(&loop->stop, on_stop);
    ev_async_init(&loop->picture, on_picture);
    ev_async_init(&loop->reload, on_reload);
    ev_prepare_init(&loop->prepare, on_prepare);
    ev_timer_init(&loop->due, on_due, 0., 0.);
    ev_timer_init(&loop->second, on_second, 1., 1.);
    loop->stop.data = loop->picture.data = loop->reload.data = loop->prepare.data =
        loop->second.data = loop;
    ev_async_start(loop->ev, &loop->wake);
    ev_async_start(loop->ev, &loop->stop);
    ev_async_start(loop->ev, &loop->picture);
    ev_async_start(loop->ev, &loop->reload);
    ev_prepare_start(loop->ev, &loop->prepare);
    ev_timer_start(loop->ev, &loop->second);
}

struct loop *loop_create(const struct loop_config *config, char error[LOOP_ERROR_BYTES])
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop) {
        snprintf(error, LOOP_ERROR_BYTES, "out of memory");
        return NULL;
    }
    loop->config = *config;
    loop->host.wake = wake_host;
    /* Our own choice of epoll: an environment variable shall not change it. */
    loop->ev = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
    if (!loop->ev) {
        snprintf(error, LOOP_ERROR_BYTES, "libev: epoll does not work here");
        loop_destroy(loop);
        return NULL;
    }
    start_watchers(loop);
    if (open_context(loop, error) != 0) {
        loop_destroy(loop);
        return NULL;
    }
    loop->shard = shard_create(config->env, config->writer, config->reducer, config->ring,
                               config->metrics, config->shard, &loop->host);
    if (!loop->shard) {
        snprintf(error, LOOP_ERROR_BYTES, "out of memory");
        loop_destroy(loop);
        return NULL;
    }
    if (listen_open(loop, error) != 0) {
        loop_destroy(loop);
        return NULL;
    }
    return loop;
}

struct shard *loop_shard(struct loop *loop)
{
    return loop->shard;
}

struct listen_address loop_address(const struct loop *loop, size_t i)
{
    if (i < loop->n_listeners)
        return loop->listeners[i].address;
    return (struct listen_address){.port = 0};
}

void loop_run(struct loop *loop)
{
    ev_run(loop->ev, 0);
}

void loop_picture_ready(struct loop *loop)
{
    ev_async_send(loop->ev, &loop->picture);
}

void loop_stop(struct loop *loop)
{
    ev_async_send(loop->ev, &loop->stop);
}

void loop_reload(struct loop *loop)
{
    ev_async_send(loop->ev, &loop->reload);
}

void loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    listen_close(loop);
    lws_context_destroy(loop->lws); /* sessions leave the shard in its callbacks */
    shard_destroy(loop->shard);
    if (loop->ev)
        ev_loop_destroy(loop->ev);
    conn_pool_free(&loop->pool); /* all of them are gone with the context */
    free(loop->events.text);
    free(loop);
}
