/* SPDX-License-Identifier: ISC */
/* front: see front.h. */
#include "render/http/front.h"

#include <errno.h>
#include <ev.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "render/http/linger.h"
#include "render/http/site.h"
#include "render/http/web_connection.h"
#include "render/http/web_head.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "render/http/web_rest.h"
#include "sys/diag.h"

enum {
    ADMIN_SLACK = 64,               /* connections of the admin listener beyond the limit */
    POOL_BYTES = 16 * 1024,         /* of a connection: what a head may have, and more is 431 */
    DISCARD_MAX = 32 * 1024 * 1024, /* of a body that is not wanted; more is not read */
    BYTES_A_SECOND = 16 * 1024,     /* the slowest that a client may be */
};

const struct front_times front_times_default = {
    .sweep_s = 1., .head_s = 40., .pace_s = 30., .idle_s = 30};

struct front {
    struct front_config config;
    struct MHD_Daemon *daemon;
    struct accepting *accepting;
    struct lingers *lingers;
    ev_io ready;
    ev_timer due;
    ev_prepare prepare;
    ev_timer sweep;
    bool woken; /* requests at rest have been woken */
    struct web_connection *connections;
    unsigned n, n_admin;
    /* The connection that is being handed to the daemon. */
    int adding;
    bool adding_admin;
    struct pollfd *polled; /* room for all connections */
    struct web_connection **polled_of;
};

static void enter(struct web_connection *connection, enum web_phase phase)
{
    struct counts *counts = &connection->front->config.site->counts;
    counts->waiting_requests += phase == WEB_PHASE_WAITING;
    counts->waiting_requests -= connection->phase == WEB_PHASE_WAITING;
    connection->phase = phase;
    connection->since = ev_now(connection->front->config.loop);
}

/* ---- connections, as the daemon tells of them ---- */

static void started(struct front *front, void **context)
{
    struct web_connection *connection = calloc(1, sizeof *connection);
    *context = connection;
    if (!connection)
        return; /* its requests are refused */
    *connection = (struct web_connection){.front = front,
                                          .woken = &front->woken,
                                          .fd = front->adding,
                                          .admin = front->adding_admin,
                                          .next = front->connections,
                                          .link = &front->connections};
    if (connection->next)
        connection->next->link = &connection->next;
    front->connections = connection;
    enter(connection, WEB_PHASE_HEAD);
    front->n++;
    front->n_admin += connection->admin;
    front->config.site->counts.connections = front->n;
}

static void closed(struct front *front, struct web_connection *connection)
{
    if (!connection)
        return;
    *connection->link = connection->next;
    if (connection->next)
        connection->next->link = connection->link;
    front->n--;
    front->n_admin -= connection->admin;
    front->config.site->counts.connections = front->n;
    free(connection);
}

static void on_connection(void *context, struct MHD_Connection *mhd, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        started(context, socket_context);
    else
        closed(context, *socket_context);
}

static bool has_room(void *context, bool admin)
{
    struct front *front = context;
    unsigned n_public = front->n - front->n_admin;
    if (admin ? front->n_admin < ADMIN_SLACK : n_public < front->config.connections)
        return true;
    front->config.site->counts.connections_refused_total++;
    return false;
}

static void on_accepted(void *context, int fd, bool admin, const struct sockaddr *from,
                        socklen_t from_len)
{
    struct front *front = context;
    front->adding = fd;
    front->adding_admin = admin;
    MHD_add_connection(front->daemon, fd, from, from_len); /* closes it when it fails */
}

/* ---- requests, as the daemon tells of them ---- */

/* The target, before the daemon changes it. */
static void *on_target(void *context, const char *uri, struct MHD_Connection *mhd)
{
    struct front *front = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct web_connection *connection = info ? info->socket_context : NULL;
    size_t len = strlen(uri);
    if (len > WEB_TARGET_MAX)
        len = 0;
    struct web_request *request = connection ? calloc(1, sizeof *request + len + 1) : NULL;
    if (!request)
        return NULL;
    memcpy(request->target, uri, len);
    request->site = front->config.site;
    request->connection = connection;
    request->admin = connection->admin;
    connection->request = request;
    return request;
}

/* Nothing is decoded. */
static size_t on_unescape(void *context, struct MHD_Connection *mhd, char *text)
{
    return strlen(text);
}

static void on_completed(void *context, struct MHD_Connection *mhd, void **request_context,
                         enum MHD_RequestTerminationCode code)
{
    struct web_request *request = *request_context;
    if (!request)
        return;
    request->connection->request = NULL;
    enter(request->connection, WEB_PHASE_HEAD);
    if (request->ended)
        request->ended(request);
    if (request->response)
        MHD_destroy_response(request->response);
    free(request->buffer);
    free(request);
    *request_context = NULL;
}

/* Give the answer to the daemon. */
static enum MHD_Result send_reply(struct front *front, struct web_request *request)
{
    struct MHD_Response *response = request->response;
    request->response = NULL;
    if (!response)
        return MHD_NO; /* there was no memory for one */
    if (request->unclear || front->config.site->stopping)
        MHD_add_response_header(response, "Connection", "close");
    front->config.site->counts.requests_total++;
    enter(request->connection, WEB_PHASE_SENDING);
    enum MHD_Result result = MHD_queue_response(request->mhd, request->status, response);
    MHD_destroy_response(response); /* the daemon has its own reference */
    return result;
}

static enum MHD_Result take_head(struct front *front, struct web_request *request,
                                 struct MHD_Connection *mhd, const char *method,
                                 const char *version)
{
    request->mhd = mhd;
    enter(request->connection, WEB_PHASE_BODY);
    web_head_read(request, front->config.routes, method, version);
    if (!request->answered || (request->length == 0 && !request->unclear))
        return MHD_YES; /* an answer in this place would end the connection */
    if (!request->unclear && request->length != WEB_LENGTH_UNKNOWN &&
        request->length <= DISCARD_MAX && !web_head_expects_continue(request))
        return MHD_YES; /* clients read more readily what comes after their body */
    lingers_keep(front->lingers, request->connection->fd);
    return send_reply(front, request);
}

static int gather(struct web_request *request, const void *bytes, size_t len)
{
    if (request->body_len + len > WEB_BODY_MAX) {
        web_reply_error(request, 413, "the body is larger than 64 kB");
        return 0;
    }
    char *grown = realloc(request->buffer, request->body_len + len + 1);
    if (!grown)
        return -1;
    memcpy(grown + request->body_len, bytes, len);
    request->body_len += len;
    grown[request->body_len] = '\0';
    request->buffer = grown;
    request->body = grown;
    return 0;
}

static enum MHD_Result take_body(struct web_request *request, const void *bytes, size_t len)
{
    request->body_read += len;
    if (request->answered)
        return request->body_read <= DISCARD_MAX ? MHD_YES : MHD_NO;
    if (request->route->body == WEB_BODY_STREAM)
        request->route->data(request, bytes, len);
    else if (gather(request, bytes, len) != 0)
        return MHD_NO;
    return MHD_YES;
}

/* All of the request is here, or its answer has come. */
static enum MHD_Result take_rest(struct front *front, struct web_request *request)
{
    if (!request->answered && !request->handled) {
        request->handled = true;
        if (!request->body)
            request->body = "";
        request->route->handle(request);
    }
    if (request->answered)
        return request->response ? send_reply(front, request) : MHD_NO;
    enter(request->connection, WEB_PHASE_WAITING);
    web_rest(request);
    return MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *len, void **request_context)
{
    struct web_request *request = *request_context;
    if (!request || request->gone)
        return MHD_NO;
    if (!request->mhd)
        return take_head(context, request, mhd, method, version);
    if (*len == 0)
        return take_rest(context, request);
    size_t given = *len;
    *len = 0;
    return take_body(request, bytes, given);
}

/* ---- clients that are slow, or have left ---- */

/* Its socket ends, which the daemon notices. */
static void cut(struct web_connection *connection)
{
    struct web_request *request = connection->request;
    shutdown(connection->fd, SHUT_RDWR);
    if (!request)
        return;
    request->gone = true;
    web_wake(request);
}

static bool is_slow(const struct web_connection *connection, double now)
{
    const struct web_request *request = connection->request;
    const struct front_times *times = connection->front->config.times;
    double took = now - connection->since;
    switch (connection->phase) {
    case WEB_PHASE_HEAD:
        return took > times->head_s;
    case WEB_PHASE_BODY:
        return took > times->pace_s + (double)request->body_read / BYTES_A_SECOND;
    case WEB_PHASE_SENDING:
        return !request->streaming &&
               took > times->pace_s + (double)request->reply_len / BYTES_A_SECOND;
    case WEB_PHASE_WAITING:
        break;
    }
    return false;
}

/* Who waits at rest is not polled by the daemon: see whether he is still there. */
static void look_for_the_gone(struct front *front, size_t n)
{
    if (n == 0 || poll(front->polled, n, 0) <= 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (front->polled[i].revents & (POLLRDHUP | POLLHUP | POLLERR))
            cut(front->polled_of[i]);
}

static void on_sweep(struct ev_loop *loop, ev_timer *watcher, int events)
{
    struct front *front = watcher->data;
    size_t n = 0;
    double now = ev_now(loop);
    for (struct web_connection *c = front->connections, *next; c; c = next) {
        next = c->next;
        if (is_slow(c, now)) {
            front->config.site->counts.connections_cut_total++;
            cut(c);
        } else if (c->request && c->request->suspended &&
                   n < front->config.connections + ADMIN_SLACK) {
            front->polled[n] = (struct pollfd){.fd = c->fd, .events = POLLRDHUP};
            front->polled_of[n++] = c;
        }
    }
    look_for_the_gone(front, n);
}

/* ---- the daemon within the loop ---- */

static void run(struct front *front)
{
    front->woken = false;
    MHD_run(front->daemon);
}

static void on_ready(struct ev_loop *loop, ev_io *watcher, int events)
{
    run(watcher->data);
}

static void on_due(struct ev_loop *loop, ev_timer *watcher, int events)
{
    run(watcher->data);
}

/* Before the loop waits: when does the daemon want to run, if nothing happens? */
static void on_prepare(struct ev_loop *loop, ev_prepare *watcher, int events)
{
    struct front *front = watcher->data;
    MHD_UNSIGNED_LONG_LONG ms;
    ev_timer_stop(loop, &front->due);
    if (front->woken)
        run(front);
    if (front->woken)
        ms = 0;
    else if (MHD_get_timeout(front->daemon, &ms) != MHD_YES)
        return;
    ev_timer_set(&front->due, (double)ms / 1000., 0.);
    ev_timer_start(loop, &front->due);
}

static struct MHD_Daemon *start_daemon(struct front *front)
{
    unsigned limit = front->config.connections + 2 * ADMIN_SLACK;
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL,
        on_request, front, MHD_OPTION_NOTIFY_CONNECTION, on_connection, front,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, front, MHD_OPTION_URI_LOG_CALLBACK, on_target,
        front, MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, front, MHD_OPTION_CONNECTION_LIMIT, limit,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        front->config.times->idle_s, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

static void start_watchers(struct front *front, int fd)
{
    struct ev_loop *loop = front->config.loop;
    ev_io_init(&front->ready, on_ready, fd, EV_READ);
    ev_timer_init(&front->due, on_due, 0., 0.);
    ev_prepare_init(&front->prepare, on_prepare);
    ev_timer_init(&front->sweep, on_sweep, front->config.times->sweep_s,
                  front->config.times->sweep_s);
    front->ready.data = front->due.data = front->prepare.data = front->sweep.data = front;
    ev_io_start(loop, &front->ready);
    ev_prepare_start(loop, &front->prepare);
    ev_timer_start(loop, &front->sweep);
}

struct front *front_create(const struct front_config *config, char error[FRONT_ERROR_BYTES])
{
    struct front *front = calloc(1, sizeof *front);
    size_t most = config->connections + ADMIN_SLACK;
    snprintf(error, FRONT_ERROR_BYTES, "out of memory");
    if (!front)
        return NULL;
    front->config = *config;
    if (!front->config.times)
        front->config.times = &front_times_default;
    front->polled = calloc(most, sizeof *front->polled);
    front->polled_of = calloc(most, sizeof *front->polled_of);
    front->lingers = lingers_create(config->loop);
    if (!front->polled || !front->polled_of || !front->lingers)
        goto fail;
    front->daemon = start_daemon(front);
    const union MHD_DaemonInfo *info =
        front->daemon ? MHD_get_daemon_info(front->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info) {
        snprintf(error, FRONT_ERROR_BYTES, "cannot start the HTTP server: %s", strerror(errno));
        goto fail;
    }
    start_watchers(front, info->epoll_fd);
    const struct accepting_config accepting = {.loop = config->loop,
                                               .listen = config->listen,
                                               .n_listen = config->n_listen,
                                               .admin = config->admin,
                                               .has_room = has_room,
                                               .accepted = on_accepted,
                                               .context = front};
    front->accepting = accepting_open(&accepting, error);
    if (front->accepting)
        return front;

fail:
    front_destroy(front);
    return NULL;
}

void front_say(const struct front *front)
{
    accepting_say(front->accepting);
}

void front_drain(struct front *front)
{
    accepting_close(front->accepting);
    front->accepting = NULL;
    for (struct web_connection *c = front->connections, *next; c; c = next) {
        next = c->next;
        if (c->phase == WEB_PHASE_HEAD || (c->request && c->request->streaming))
            cut(c);
    }
}

bool front_is_idle(const struct front *front)
{
    for (const struct web_connection *c = front->connections; c; c = c->next)
        if (c->phase != WEB_PHASE_HEAD)
            return false;
    return true;
}

void front_destroy(struct front *front)
{
    if (!front)
        return;
    accepting_close(front->accepting);
    for (struct web_connection *c = front->connections, *next; c; c = next) {
        next = c->next;
        cut(c);
    }
    if (front->daemon) {
        struct ev_loop *loop = front->config.loop;
        ev_io_stop(loop, &front->ready);
        ev_timer_stop(loop, &front->due);
        ev_prepare_stop(loop, &front->prepare);
        ev_timer_stop(loop, &front->sweep);
        MHD_run(
            front->daemon); /* those that were at rest are woken: it must not have any in the end */
        MHD_stop_daemon(front->daemon);
    }
    lingers_destroy(front->lingers);
    free(front->polled);
    free(front->polled_of);
    free(front);
}
