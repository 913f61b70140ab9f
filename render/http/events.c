/* SPDX-License-Identifier: ISC */
/* events: see events.h. A change is written once, and its bytes are shared by all streams. */
#include "render/http/events.h"

#include <stdlib.h>
#include <string.h>

#include <ev.h>

#include "render/events/events.h"
#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "render/http/web_stream.h"

static const double heartbeat_s = 15;

struct event_stream {
    struct event_stream *next, **link;
    struct event_streams *all;
    struct web_stream *stream;
};

struct event_streams {
    struct events_listener listener; /* first: it is cast to this */
    struct site *site;
    struct ev_timer heartbeat;
    struct event_stream *first;
    size_t n;
};

/* before, bytes and after as one blob; NULL: no memory. */
static struct blob *join(const char *before, const void *bytes, size_t len, const char *after)
{
    size_t n_before = strlen(before), n_after = strlen(after);
    struct blob *blob = blob_create(n_before + len + n_after);
    if (!blob)
        return NULL;
    memcpy(blob->bytes, before, n_before);
    if (len > 0)
        memcpy(blob->bytes + n_before, bytes, len);
    memcpy(blob->bytes + n_before + len, after, n_after);
    return blob;
}

static void write_all(struct event_streams *all, struct blob *blob)
{
    for (struct event_stream *s = all->first, *next; blob && s; s = next) {
        next = s->next; /* a client that is too slow leaves within the write */
        web_stream_write(s->stream, blob);
    }
    blob_release(blob);
}

static void heard(struct events_listener *listener, const struct event *event)
{
    struct event_streams *all = (struct event_streams *)listener;
    if (!all->first || event->type == EVENT_DID) /* between servers only */
        return;
    write_all(all, join("event: change\ndata: ", event->text->bytes, event->text->len, "\n\n"));
}

static void on_heartbeat(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct event_streams *all = timer->data;
    if (all->first)
        write_all(all, join(":\n\n", NULL, 0, ""));
}

static void ended(struct web_request *request)
{
    struct event_stream *s = request->context;
    *s->link = s->next;
    if (s->next)
        s->next->link = s->link;
    s->all->n--;
    free(s);
}

void events_get(struct web_request *request)
{
    struct event_streams *all = request->site->streams;
    if (!all) {
        web_reply_error(request, 404, "this server has no events");
        return;
    }
    if (all->n >= EVENT_STREAMS) {
        web_reply_later(request, 503, 10, "too many clients follow the events");
        return;
    }
    struct blob *view = view_snapshot(events_view(request->site->events));
    struct blob *first =
        view ? join("retry: 1000\nevent: snapshot\ndata: ", view->bytes, view->len, "\n\n") : NULL;
    blob_release(view);
    struct event_stream *s = first ? calloc(1, sizeof *s) : NULL;
    if (!s) {
        blob_release(first);
        web_reply_error(request, 500, "out of memory");
        return;
    }
    s->stream = web_stream_begin(request, "text/event-stream");
    if (!s->stream) {
        blob_release(first);
        free(s);
        return;
    }
    s->all = all;
    s->next = all->first;
    s->link = &all->first;
    if (s->next)
        s->next->link = &s->next;
    all->first = s;
    all->n++;
    request->context = s;
    request->ended = ended;
    web_stream_write(s->stream, first);
    blob_release(first);
}

struct event_streams *event_streams_create(struct site *site)
{
    struct event_streams *all = calloc(1, sizeof *all);
    if (!all)
        return NULL;
    all->listener.heard = heard;
    all->site = site;
    events_listen(site->events, &all->listener);
    ev_timer_init(&all->heartbeat, on_heartbeat, heartbeat_s, heartbeat_s);
    all->heartbeat.data = all;
    ev_timer_start(site->loop, &all->heartbeat);
    return all;
}

void event_streams_destroy(struct event_streams *all)
{
    if (!all)
        return;
    events_unlisten(&all->listener);
    ev_timer_stop(all->site->loop, &all->heartbeat);
    free(all);
}
