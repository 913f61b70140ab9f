/* SPDX-License-Identifier: ISC */
/*
 * loop: libev's loop is ours and libwebsockets is a guest on it. Before each wait the shard runs;
 * what it returns becomes a timer. Another thread reaches the loop by ev_async only.
 */
#include "net/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/close.h"
#include "net/conn.h"
#include "net/library.h"
#include "net/listen.h"
#include "net/loop_state.h"
#include "net/stream.h"
#include "net/tls.h"
#include "net/websocket.h"
#include "sys/diag.h"

enum {
    DRAIN_US = 5 * 1000 * 1000,   /* for what is in flight to be settled */
    GOODBYE_US = 1500 * 1000,     /* for close frames to reach the clients */
    STOPPING_STEP_US = 50 * 1000, /* how often a loop that ends looks whether it may */
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

static void on_more(struct ev_loop *ev, ev_idle *watcher, int events)
{
}

static void on_due(struct ev_loop *ev, ev_timer *watcher, int events)
{
}

static void on_picture(struct ev_loop *ev, ev_async *watcher, int events)
{
    struct loop *loop = watcher->data;
    conn_picture(loop);
}

static void on_history(struct ev_loop *ev, ev_async *watcher, int events)
{
    struct loop *loop = watcher->data;
    waiters_wake(&loop->history_waiters);
}

static void on_control(struct ev_loop *ev, ev_async *watcher, int events)
{
    struct loop *loop = watcher->data;
    waiters_wake(&loop->control_waiters);
}

static void on_second(struct ev_loop *ev, ev_timer *watcher, int events)
{
    struct loop *loop = watcher->data;
    conn_sweep(loop, now_us(loop));
    library_tick(loop);
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
    waiters_wake(&loop->history_waiters); /* nobody is kept waiting until the end */
}

static void on_reload(struct ev_loop *ev, ev_async *watcher, int events)
{
    const struct loop *loop = watcher->data;
    tls_reload(watcher->data);
    if (loop->config.reload)
        loop->config.reload(loop->config.site);
}

/* One step towards the end, when it is time for it. */
static void stop_further(struct loop *loop, uint64_t now)
{
    bool late = now >= loop->phase_until_us;
    if (loop->phase == LOOP_DRAINS && (late || shard_drained(loop->shard))) {
        loop->phase = LOOP_CLOSES;
        loop->phase_until_us = now + GOODBYE_US;
        shard_close_sessions(loop->shard, CLOSE_RESTART, "the server restarts");
    } else if (loop->phase == LOOP_CLOSES && (late || !conn_any_busy(loop))) {
        ev_break(loop->ev, EVBREAK_ALL);
    }
}

static void on_prepare(struct ev_loop *ev, ev_prepare *watcher, int events)
{
    struct loop *loop = watcher->data;
    conn_reap(loop);
    uint64_t due = shard_run(loop->shard);
    /* What those do is new work for the shard: come round once more. */
    if (stream_call_poked(loop))
        ev_idle_start(ev, &loop->more);
    else
        ev_idle_stop(ev, &loop->more);
    conn_reap(loop);
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

static void start_watchers(struct loop *loop)
{
    ev_async_init(&loop->wake, on_wake);
    ev_async_init(&loop->stop, on_stop);
    ev_async_init(&loop->picture, on_picture);
    ev_async_init(&loop->history, on_history);
    ev_async_init(&loop->control, on_control);
    ev_async_init(&loop->reload, on_reload);
    ev_prepare_init(&loop->prepare, on_prepare);
    ev_idle_init(&loop->more, on_more);
    ev_timer_init(&loop->due, on_due, 0., 0.);
    ev_timer_init(&loop->second, on_second, 1., 1.);
    loop->stop.data = loop->picture.data = loop->history.data = loop->control.data =
        loop->reload.data = loop->prepare.data = loop->second.data = loop;
    ev_async_start(loop->ev, &loop->wake);
    ev_async_start(loop->ev, &loop->stop);
    ev_async_start(loop->ev, &loop->picture);
    ev_async_start(loop->ev, &loop->history);
    ev_async_start(loop->ev, &loop->control);
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
    loop->transport = &websocket_transport;
    if (library_open(loop, websocket_protocols, error) != 0) {
        loop_destroy(loop);
        return NULL;
    }
    loop->shard = shard_create(config->env, config->writer, config->canvases, config->owners,
                               config->rules, config->metrics, config->shard, &loop->host);
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

struct listen_address loop_address(const struct loop *loop, size_t i)
{
    if (i < loop->n_listeners)
        return loop->listeners[i].address;
    return (struct listen_address){.port = 0};
}

void loop_run(struct loop *loop)
{
    library_quieten();
    ev_run(loop->ev, 0);
}

void loop_picture_ready(struct loop *loop)
{
    ev_async_send(loop->ev, &loop->picture);
}

void loop_history_ready(struct loop *loop)
{
    ev_async_send(loop->ev, &loop->history);
}

void loop_rules_changed(struct loop *loop)
{
    shard_rules_changed(loop->shard);
}

void loop_control_ready(struct loop *loop)
{
    ev_async_send(loop->ev, &loop->control);
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
    conn_close_all(loop);
    library_close(loop);
    conn_reap(loop);
    shard_destroy(loop->shard);
    if (loop->ev)
        ev_loop_destroy(loop->ev);
    conn_pool_free(&loop->pool); /* all of them are gone with the context */
    free(loop->events.text);
    free(loop->regions.text);
    free(loop);
}
