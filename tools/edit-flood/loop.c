/* SPDX-License-Identifier: ISC */
/* loop: see loop.h. */
#include "loop.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include "conn.h"
#include "dial.h"
#include "receive.h"
#include "timers.h"
#include "writer.h"

enum {
    EVENTS = 1024,
    CONNECTING_MAX = 512, /* handshakes at a time: a listener's queue is finite */
};

static void on_event(struct flood *flood, struct conn *conn, uint32_t events)
{
    if (conn->fd < 0)
        return; /* it ended earlier in this round */
    if (conn->state == CONN_CONNECTING || conn->state == CONN_TLS) {
        bool tls = conn->state == CONN_TLS;
        dial_event(flood, conn, events);
        if (!tls || (conn->state != CONN_UPGRADING && conn->state != CONN_OPEN))
            return;
    }
    if (events & EPOLLOUT && !conn_sendable(conn))
        conn_flush(flood, conn);
    bool over = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    if (over)
        conn->reads = true; /* nothing more will come than what is there */
    if (conn->reads && conn->fd >= 0 && events & ~(uint32_t)EPOLLOUT)
        receive_some(flood, conn, RECEIVE_BYTES);
    if (over && conn->fd >= 0)
        receive_some(flood, conn,
                     RECEIVE_BYTES); /* the end itself, of which there is no second event */
}

static void on_timer(struct flood *flood, struct conn *conn)
{
    bool settles = shared_phase(flood->shared) == PHASE_SETTLE;
    switch ((enum conn_state)conn->state) {
    case CONN_IDLE:
        dial_begin(flood, conn);
        return;
    case CONN_CONNECTING:
    case CONN_TLS:
    case CONN_UPGRADING:
        conn_end(flood, conn, CONN_END_FAILED, 0);
        return;
    case CONN_OPEN:
        break;
    case CONN_GAVE_UP:
        return;
    }
    if (conn->polls) {
        flood->handlers->poller_timer(flood, conn);
    } else if (!conn->greeted) {
        conn_end(flood, conn, CONN_END_FAILED, 0);
    } else if (conn->habit == HABIT_SLOW) {
        timer_set(flood, conn, 250 * 1000);
        receive_some(flood, conn, flood->options->slow_bytes / 4 + 1);
    } else if (conn->habit == HABIT_STALLED && conn->reads) {
        conn->reads = false;
        timer_set(flood, conn, (uint64_t)(flood->options->stall * 1e6));
    } else if (conn->habit == HABIT_STALLED) {
        /* It reads again, and learns what has become of its connection. */
        int large = 1 << 20; /* through its small buffer it would take a minute */
        setsockopt(conn->fd, SOL_SOCKET, SO_RCVBUF, &large, sizeof large);
        conn->reads = true;
        timer_set(flood, conn, 1000 * 1000);
        receive_some(flood, conn, RECEIVE_BYTES);
    } else if (conn->habit == HABIT_RECONNECTING && !settles) {
        conn_leave(flood, conn);
    }
}

static void begin_some(struct flood *flood)
{
    const struct options *options = flood->options;
    double elapsed = (double)(flood->now_us - flood->shared->begun_us) / 1e6;
    double allowed = elapsed * options->ramp / options->processes + flood->n_full;
    while (flood->n_begun < flood->n_conns && flood->n_begun < allowed &&
           flood->n_connecting < CONNECTING_MAX)
        dial_begin(flood, &flood->conns[flood->n_begun++]);
}

static int timeout_ms(const struct flood *flood)
{
    if (flood->accounts && flood->sending_since_us != 0 && !flood->pattern_over)
        return flood->n_queue > 0 ? 0 : 1;
    if (flood->n_begun < flood->n_conns)
        return 1;
    return 10;
}

void loop_turn(struct flood *flood)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(flood->epoll, events, EVENTS, timeout_ms(flood));
    touch_clock(flood);
    /* The full readers first: what they get is what the others are compared with. */
    for (int i = 0; i < n; i++) {
        if (events[i].data.u32 < flood->n_full)
            on_event(flood, &flood->conns[events[i].data.u32], events[i].events);
    }
    for (int i = 0; i < n; i++) {
        if (events[i].data.u32 < flood->n_full)
            continue;
        if ((i & 15) == 15)
            touch_clock(flood);
        on_event(flood, &flood->conns[events[i].data.u32], events[i].events);
    }
    timers_run(flood, on_timer);
    begin_some(flood);
    writers_run(flood);
}
