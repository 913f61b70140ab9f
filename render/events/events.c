/* SPDX-License-Identifier: ISC */
/* events: see events.h. */
#include "render/events/events.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <ev.h>

#include "core/hex.h"
#include "render/events/publisher.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    READ_MS = 1000,
    SAY_EVERY_MS = 60000,
    A_TURN = 64, /* events in one turn of the loop */
};

static const double expire_s = 1;

/* An event on its way to the loop. */
struct heard {
    struct heard *next;
    struct event event;
    int64_t at_ms; /* the record's time */
};

struct events {
    struct farm_observer observer; /* first: it is cast to this */
    struct ev_loop *loop;
    struct queue_reader *reader;
    struct publisher *publisher;
    struct view *view;
    struct events_listener *listeners;
    struct ev_async news;
    struct ev_timer expiry;
    char server[HEX_U64_BYTES], host[EVENT_HOST_MAX + 1];
    pthread_t thread;
    atomic_bool stop;

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t room;
    struct heard *first, **last;
    size_t n;
};

/* ---- the reading thread ---- */

/* Hand it to the loop, when there is room. */
static void hand_over(struct events *e, struct heard *heard)
{
    pthread_mutex_lock(&e->lock);
    while (e->n >= EVENTS_WAITING && !atomic_load(&e->stop))
        pthread_cond_wait(&e->room, &e->lock);
    *e->last = heard;
    e->last = &heard->next;
    e->n++;
    pthread_mutex_unlock(&e->lock);
    ev_async_send(e->loop, &e->news);
}

static void take_record(struct events *e, const struct queue_record *record)
{
    struct heard *heard = calloc(1, sizeof *heard);
    if (!heard)
        return;
    heard->at_ms = record->time_ms;
    if (event_read(&heard->event, record->value, record->len))
        hand_over(e, heard);
    else
        free(heard); /* of somebody else, or of a newer server */
}

static void *read_topic(void *arg)
{
    struct events *e = arg;
    struct queue_record record;
    char error[QUEUE_ERROR_BYTES];
    int64_t said_ms = -SAY_EVERY_MS;
    while (!atomic_load(&e->stop)) {
        enum queue_result result = queue_read(e->reader, READ_MS, &record, error);
        if (result == QUEUE_GOT)
            take_record(e, &record);
        if (result == QUEUE_BROKEN && clock_now_ms() - said_ms >= SAY_EVERY_MS) {
            diag_warn("events cannot be read: %s", error);
            said_ms = clock_now_ms();
        }
    }
    return NULL;
}

/* ---- the loop ---- */

static void tell(struct events *e, const struct event *event)
{
    for (struct events_listener *l = e->listeners, *next; l; l = next) {
        next = l->next;
        l->heard(l, event);
    }
}

static struct heard *pop(struct events *e)
{
    pthread_mutex_lock(&e->lock);
    struct heard *heard = e->first;
    if (heard) {
        e->first = heard->next;
        if (!e->first)
            e->last = &e->first;
        e->n--;
        pthread_cond_signal(&e->room);
    }
    pthread_mutex_unlock(&e->lock);
    return heard;
}

static void drop(struct heard *heard)
{
    event_finish(&heard->event);
    free(heard);
}

static void on_news(struct ev_loop *loop, ev_async *news, int events)
{
    struct events *e = news->data;
    struct heard *heard = NULL;
    for (int i = 0; i < A_TURN && (heard = pop(e)); i++) {
        tell(e, &heard->event);
        view_fold(e->view, &heard->event, heard->at_ms, clock_now_ms());
        drop(heard);
    }
    if (heard) /* there may be more: others have their turn before */
        ev_async_send(loop, news);
}

/* Servers that have been silent: everybody who listens is told so. */
static void on_expiry(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct events *e = timer->data;
    char server[EVENT_SERVER_CHARS + 1], text[64];
    while (view_expire(e->view, clock_now_ms(), server)) {
        struct event event;
        int len = snprintf(text, sizeof text, "{\"t\":\"gone\",\"server\":\"%s\"}", server);
        if (!event_read(&event, text, (size_t)len))
            continue;
        tell(e, &event);
        event_finish(&event);
    }
}

/* ---- the interface ---- */

const char *events_server(const struct events *e)
{
    return e->server;
}

static void changed(struct farm_observer *observer, struct pool *pool)
{
    publisher_changed(((struct events *)observer)->publisher);
}

struct farm_observer *events_observer(struct events *e)
{
    return &e->observer;
}

void events_set_farm(struct events *e, struct farm *farm)
{
    publisher_set_farm(e->publisher, farm);
}

void events_publish(struct events *e, const char *json, size_t len)
{
    publisher_publish(e->publisher, json, len);
}

uint64_t events_lost(const struct events *e)
{
    return publisher_lost(e->publisher);
}

void events_listen(struct events *e, struct events_listener *listener)
{
    listener->next = e->listeners;
    listener->link = &e->listeners;
    if (listener->next)
        listener->next->link = &listener->next;
    e->listeners = listener;
}

void events_unlisten(struct events_listener *listener)
{
    if (!listener->link)
        return;
    *listener->link = listener->next;
    if (listener->next)
        listener->next->link = listener->link;
    listener->next = NULL;
    listener->link = NULL;
}

struct view *events_view(struct events *e)
{
    return e->view;
}

static void free_all(struct events *e)
{
    for (struct heard *heard; (heard = e->first);) {
        e->first = heard->next;
        drop(heard);
    }
    publisher_destroy(e->publisher);
    queue_reader_destroy(e->reader);
    view_destroy(e->view);
    free(e);
}

/* 0, or an errno value. */
static int start(struct events *e)
{
    int rc = pthread_mutex_init(&e->lock, NULL);
    if (rc != 0)
        return rc;
    rc = pthread_cond_init(&e->room, NULL);
    if (rc != 0)
        goto no_cond;
    ev_async_init(&e->news, on_news);
    e->news.data = e;
    ev_async_start(e->loop, &e->news);
    rc = pthread_create(&e->thread, NULL, read_topic, e);
    if (rc != 0)
        goto no_thread;
    ev_timer_init(&e->expiry, on_expiry, expire_s, expire_s);
    e->expiry.data = e;
    ev_timer_start(e->loop, &e->expiry);
    return 0;

no_thread:
    ev_async_stop(e->loop, &e->news);
    pthread_cond_destroy(&e->room);
no_cond:
    pthread_mutex_destroy(&e->lock);
    return rc;
}

struct events *events_create(struct ev_loop *loop, struct queue *queue, const char *host,
                             char error[QUEUE_ERROR_BYTES])
{
    uint64_t id;
    struct events *e = calloc(1, sizeof *e);
    if (!e || getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id) {
        snprintf(error, QUEUE_ERROR_BYTES, "events: no memory, or no random number");
        free(e);
        return NULL;
    }
    e->observer.changed = changed;
    e->loop = loop;
    e->last = &e->first;
    hex_from_u64(e->server, id);
    snprintf(e->host, sizeof e->host, "%s", host);
    e->view = view_create();
    e->publisher = publisher_create(loop, queue, e->server, e->host);
    e->reader = queue_reader_create(queue, QUEUE_EVENTS, error);
    int rc = !e->view || !e->publisher ? ENOMEM : e->reader ? start(e) : 0;
    if (rc == 0 && e->reader)
        return e;
    if (rc != 0)
        snprintf(error, QUEUE_ERROR_BYTES, "events: %s", strerror(rc));
    free_all(e);
    return NULL;
}

void events_destroy(struct events *e)
{
    if (!e)
        return;
    pthread_mutex_lock(&e->lock);
    atomic_store(&e->stop, true);
    pthread_cond_signal(&e->room);
    pthread_mutex_unlock(&e->lock);
    queue_reader_wake(e->reader);
    pthread_join(e->thread, NULL);
    ev_timer_stop(e->loop, &e->expiry);
    ev_async_stop(e->loop, &e->news);
    pthread_cond_destroy(&e->room);
    pthread_mutex_destroy(&e->lock);
    free_all(e);
}
