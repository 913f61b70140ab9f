/* SPDX-License-Identifier: ISC */
/* publisher: see publisher.h. */
#include "render/events/publisher.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <ev.h>

#include "render/events/server_state.h"
#include "sys/clock.h"

static const double least_s = 0.25, heartbeat_s = 5;

enum { WAIT_MS = 5 }; /* between two looks whether the outcomes are known */

struct publisher {
    struct ev_loop *loop;
    struct queue *queue;
    const char *server, *host;
    struct farm *farm;
    struct ev_timer due; /* the next state */
    double published;    /* when the last one was, by ev_now */
    struct queue_outcome state, other;
    atomic_bool state_under_way;
    atomic_size_t others_under_way;
    atomic_uint_fast64_t lost;
    char text[QUEUE_VALUE_MAX];
};

static void state_known(struct queue_outcome *outcome, bool stored, const char *error)
{
    struct publisher *p = (struct publisher *)((char *)outcome - offsetof(struct publisher, state));
    atomic_store(&p->state_under_way, false);
}

static void other_known(struct queue_outcome *outcome, bool stored, const char *error)
{
    struct publisher *p = (struct publisher *)((char *)outcome - offsetof(struct publisher, other));
    if (!stored)
        atomic_fetch_add(&p->lost, 1);
    atomic_fetch_sub(&p->others_under_way, 1);
}

static void plan(struct publisher *p, double delay_s)
{
    ev_timer_stop(p->loop, &p->due);
    ev_timer_set(&p->due, delay_s > 0 ? delay_s : 0, 0);
    ev_timer_start(p->loop, &p->due);
}

/* False: the one before is still under way, or the queue takes nothing. */
static bool append_state(struct publisher *p, size_t len)
{
    if (atomic_exchange(&p->state_under_way, true))
        return false;
    if (queue_append(p->queue, QUEUE_EVENTS, p->server, strlen(p->server), p->text, len,
                     &p->state) == 0)
        return true;
    atomic_store(&p->state_under_way, false);
    return false;
}

static void on_due(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct publisher *p = timer->data;
    if (!atomic_load(&p->state_under_way) &&
        append_state(p,
                     server_state_write(p->text, p->server, p->host, clock_wall_ms(), p->farm))) {
        p->published = ev_now(loop);
        plan(p, heartbeat_s);
    } else {
        plan(p, least_s);
    }
}

void publisher_changed(struct publisher *p)
{
    double due_s = p->published + least_s - ev_now(p->loop);
    if (ev_timer_remaining(p->loop, &p->due) > due_s)
        plan(p, due_s);
}

void publisher_set_farm(struct publisher *p, struct farm *farm)
{
    p->farm = farm;
    publisher_changed(p);
}

void publisher_publish(struct publisher *p, const char *json, size_t len)
{
    if (atomic_fetch_add(&p->others_under_way, 1) < PUBLISHER_FLIGHT &&
        queue_append(p->queue, QUEUE_EVENTS, p->server, strlen(p->server), json, len, &p->other) ==
            0)
        return;
    atomic_fetch_sub(&p->others_under_way, 1);
    atomic_fetch_add(&p->lost, 1);
}

uint64_t publisher_lost(const struct publisher *p)
{
    return atomic_load(&p->lost);
}

struct publisher *publisher_create(struct ev_loop *loop, struct queue *queue, const char *server,
                                   const char *host)
{
    struct publisher *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->loop = loop;
    p->queue = queue;
    p->server = server;
    p->host = host;
    p->state.known = state_known;
    p->other.known = other_known;
    ev_timer_init(&p->due, on_due, 0, 0);
    p->due.data = p;
    ev_timer_start(loop, &p->due);
    return p;
}

void publisher_destroy(struct publisher *p)
{
    if (!p)
        return;
    ev_timer_stop(p->loop, &p->due);
    publisher_publish(p, p->text, server_state_write_gone(p->text, p->server));
    while (atomic_load(&p->state_under_way) || atomic_load(&p->others_under_way) > 0)
        clock_pause_ms(WAIT_MS);
    free(p);
}
