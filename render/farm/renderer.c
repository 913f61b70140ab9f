/* SPDX-License-Identifier: ISC */
/* renderer: see renderer.h. */
#include "render/farm/renderer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/utf8.h"
#include "render/name/picture.h"
#include "sys/clock.h"

enum {
    PACKETS_A_TURN = 16, /* read from one child before the loop turns to others */
    PACKETS_LEFT = 4096, /* read at most of a child that has ended or is late */
};

/* The signals that tell nothing about the work: sent by people, service managers, the kernel when
 * the machine has no memory left. */
static const int outside_signals[] = {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT};

void renderers_init(struct renderers *all, struct ev_loop *loop)
{
    all->loop = loop;
    all->started = 0;
    TAILQ_INIT(&all->stopping);
}

static void free_renderer(struct renderer *renderer)
{
    struct ev_loop *loop = renderer->all->loop;
    ev_io_stop(loop, &renderer->packets);
    ev_io_stop(loop, &renderer->end);
    ev_timer_stop(loop, &renderer->timer);
    close(renderer->child.socket);
    close(renderer->child.pidfd);
    blob_release(renderer->part);
    if (renderer->stopped)
        TAILQ_REMOVE(&renderer->all->stopping, renderer, stopping);
    free(renderer);
}

void renderers_finish(struct renderers *all)
{
    struct renderer *renderer;
    while ((renderer = TAILQ_FIRST(&all->stopping))) {
        while (waitpid(renderer->child.pid, NULL, 0) < 0 && errno == EINTR)
            ;
        free_renderer(renderer);
    }
}

static void end_renderer(struct renderer *renderer, enum renderer_end why)
{
    if (renderer->killed)
        return;
    renderer->killed = true;
    renderer->why = why;
    ev_io_stop(renderer->all->loop, &renderer->packets);
    ev_timer_stop(renderer->all->loop, &renderer->timer);
    kill(renderer->child.pid, SIGKILL);
}

void renderer_stop(struct renderer *renderer)
{
    end_renderer(renderer, RENDERER_OUTSIDE);
    renderer->stopped = true;
    renderer->task = NULL;
    TAILQ_INSERT_TAIL(&renderer->all->stopping, renderer, stopping);
}

static void set_timer(struct renderer *renderer, unsigned ms)
{
    struct ev_loop *loop = renderer->all->loop;
    ev_now_update(loop); /* a turn of the loop that has taken long must not shorten it */
    ev_timer_stop(loop, &renderer->timer);
    ev_timer_set(&renderer->timer, ms / 1000.0, 0);
    ev_timer_start(loop, &renderer->timer);
}

/* ---- pictures ---- */

/* Room for len bytes more of the picture under way. Its last piece is made to fit, so that a
 * picture of one piece is copied once. */
static bool make_room(struct renderer *renderer, size_t len, bool last)
{
    size_t need = renderer->part_len + len;
    if (!renderer->part)
        return (renderer->part = blob_create(last ? need : 4 * need)) != NULL;
    if (!last && need <= renderer->part->len)
        return true;
    size_t room = 2 * need < WIRE_PICTURE_MAX ? 2 * need : WIRE_PICTURE_MAX;
    struct blob *larger = blob_resize(renderer->part, last ? need : room);
    if (larger)
        renderer->part = larger;
    return larger != NULL;
}

/* False: it must not send this. */
static bool take_piece(struct renderer *renderer, const struct wire_message *piece)
{
    if (renderer->state != RENDERER_BUSY || piece->place >= renderer->size ||
        renderer->complete >> piece->place & 1 ||
        (renderer->part && renderer->part_place != piece->place) ||
        renderer->bytes + renderer->part_len + piece->len > WIRE_PICTURE_MAX)
        return false;
    if (!make_room(renderer, piece->len, piece->last))
        return false; /* no memory: this child's picture is the one that is too large */
    memcpy(renderer->part->bytes + renderer->part_len, piece->bytes, piece->len);
    renderer->part_len += piece->len;
    renderer->part_place = piece->place;
    if (!piece->last)
        return true;
    struct blob *blob = renderer->part;
    renderer->complete |= UINT64_C(1) << piece->place;
    renderer->bytes += renderer->part_len;
    renderer->part = NULL;
    renderer->part_len = 0;
    renderer->events->picture(renderer, piece->place, blob);
    return true;
}

/* ---- messages ---- */

/* Its task is over; returns that. */
static void *end_task(struct renderer *renderer)
{
    void *task = renderer->task;
    renderer->task = NULL;
    renderer->state = RENDERER_IDLE;
    renderer->tasks++;
    blob_release(renderer->part);
    renderer->part = NULL;
    renderer->part_len = 0;
    ev_timer_stop(renderer->all->loop, &renderer->timer);
    return task;
}

/* Its reason as one line of text, whatever it has sent. */
static void take_failure(struct renderer *renderer, const struct wire_message *message)
{
    char why[WIRE_REASON_MAX + 1];
    size_t len = message->len;
    memcpy(why, message->bytes, len);
    why[len] = '\0';
    bool is_text = utf8_valid((const uint8_t *)why, len);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)why[i] < ' ' || why[i] == 0x7f || (!is_text && why[i] & 0x80))
            why[i] = '?';
    renderer->events->failed(renderer, end_task(renderer), len > 0 ? why : "no reason was given");
}

/* False: it must not send this. */
static bool take_message(struct renderer *renderer, const struct wire_message *message)
{
    switch (message->type) {
    case WIRE_READY:
        if (renderer->state != RENDERER_STARTING)
            return false;
        renderer->state = RENDERER_IDLE;
        ev_timer_stop(renderer->all->loop, &renderer->timer);
        renderer->events->ready(renderer);
        return true;
    case WIRE_PIECE:
        return take_piece(renderer, message);
    case WIRE_DONE:
        if (renderer->state != RENDERER_BUSY || renderer->part ||
            renderer->complete != UINT64_MAX >> (64 - renderer->size))
            return false;
        renderer->events->done(renderer, end_task(renderer), message->cpu_us);
        return true;
    case WIRE_FAILED:
        if (renderer->state != RENDERER_BUSY)
            return false;
        take_failure(renderer, message);
        return true;
    case WIRE_TASK:
        break;
    }
    return false;
}

/* Read up to n packets. */
static void read_packets(struct renderer *renderer, unsigned n)
{
    uint8_t *packet = renderer->all->packet;
    while (n-- > 0 && !renderer->killed) {
        struct iovec part = {packet, sizeof renderer->all->packet};
        struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1};
        struct wire_message message;
        ssize_t len = recvmsg(renderer->child.socket, &head, MSG_DONTWAIT);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0 && errno == EAGAIN)
            return;
        if (len <= 0) { /* it has closed the socket, or has ended: the end is told by its pidfd */
            ev_io_stop(renderer->all->loop, &renderer->packets);
            return;
        }
        if (head.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ||
            !wire_read(&message, packet, (size_t)len) || !take_message(renderer, &message))
            end_renderer(renderer, RENDERER_LIED);
    }
}

/* ---- what the loop tells ---- */

static void on_packets(struct ev_loop *loop, ev_io *watcher, int revents)
{
    read_packets(watcher->data, PACKETS_A_TURN);
}

static void on_time(struct ev_loop *loop, ev_timer *watcher, int revents)
{
    struct renderer *renderer = watcher->data;
    enum renderer_state state = renderer->state;
    uint32_t tasks = renderer->tasks;
    /* What it has said in time may only not have been read yet, when the loop was busy. */
    read_packets(renderer, PACKETS_LEFT);
    if (renderer->state == state && renderer->tasks == tasks)
        end_renderer(renderer, RENDERER_LATE);
}

static bool is_outside_signal(int signal)
{
    for (size_t i = 0; i < sizeof outside_signals / sizeof *outside_signals; i++)
        if (signal == outside_signals[i])
            return true;
    return false;
}

/* Why it has ended, by what waitpid says. */
static enum renderer_end explain(const struct renderer *renderer, int status,
                                 char why[RENDERER_WHY_BYTES])
{
    static const char *const killed[] = {
        [RENDERER_OUTSIDE] = "its process was stopped",
        [RENDERER_CRASHED] = "its process took no task",
        [RENDERER_LATE] = "it took too long, and its process was killed",
        [RENDERER_LIED] = "its process sent what is no answer, and was killed",
    };
    if (renderer->killed) {
        snprintf(why, RENDERER_WHY_BYTES, "%s", killed[renderer->why]);
        return renderer->why;
    }
    if (!WIFSIGNALED(status)) {
        snprintf(why, RENDERER_WHY_BYTES, "its process ended with status %d", WEXITSTATUS(status));
        return RENDERER_CRASHED;
    }
    const char *name = sigabbrev_np(WTERMSIG(status));
    snprintf(why, RENDERER_WHY_BYTES, "its process was ended by signal %d (%s)", WTERMSIG(status),
             name ? name : "unknown");
    return is_outside_signal(WTERMSIG(status)) ? RENDERER_OUTSIDE : RENDERER_CRASHED;
}

static void on_end(struct ev_loop *loop, ev_io *watcher, int revents)
{
    struct renderer *renderer = watcher->data;
    char why[RENDERER_WHY_BYTES];
    int status = 0;
    read_packets(renderer, PACKETS_LEFT); /* its last words */
    pid_t pid = waitpid(renderer->child.pid, &status, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR))
        return; /* is told again */
    ev_io_stop(loop, &renderer->end);
    if (!renderer->stopped) {
        enum renderer_end end = explain(renderer, status, why);
        renderer->killed = true; /* whoever looks at it now must not give it a task */
        renderer->events->ended(renderer, end, why);
    }
    free_renderer(renderer);
}

/* ---- tasks ---- */

struct renderer *renderer_start(struct renderers *all, const char *const *command,
                                unsigned start_ms, const struct renderer_events *events,
                                void *owner)
{
    struct renderer *renderer = calloc(1, sizeof *renderer);
    if (!renderer)
        return NULL;
    if (child_process_start(&renderer->child, command) != 0) {
        free(renderer);
        return NULL;
    }
    renderer->all = all;
    renderer->events = events;
    renderer->owner = owner;
    renderer->number = ++all->started;
    ev_io_init(&renderer->packets, on_packets, renderer->child.socket, EV_READ);
    ev_io_init(&renderer->end, on_end, renderer->child.pidfd, EV_READ);
    ev_timer_init(&renderer->timer, on_time, 0, 0);
    renderer->packets.data = renderer->end.data = renderer->timer.data = renderer;
    ev_io_start(all->loop, &renderer->packets);
    ev_io_start(all->loop, &renderer->end);
    set_timer(renderer, start_ms);
    return renderer;
}

int renderer_give(struct renderer *renderer, void *task, const char *name, unsigned place,
                  unsigned size, int input, unsigned task_ms)
{
    struct wire_message message = {.type = WIRE_TASK, .place = place};
    uint8_t head[WIRE_HEAD_MAX];
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr head;
    } control = {{0}};
    struct iovec parts[2] = {{head, wire_head(&message, head)},
                             {(void *)(uintptr_t)name, strlen(name)}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
    if (input >= 0) {
        packet.msg_control = control.bytes;
        packet.msg_controllen = sizeof control.bytes;
        control.head.cmsg_level = SOL_SOCKET;
        control.head.cmsg_type = SCM_RIGHTS;
        control.head.cmsg_len = CMSG_LEN(sizeof input);
        memcpy(CMSG_DATA(&control.head), &input, sizeof input);
    }
    ssize_t sent;
    while ((sent = sendmsg(renderer->child.socket, &packet, MSG_NOSIGNAL | MSG_DONTWAIT)) < 0 &&
           errno == EINTR)
        ;
    if (sent < 0) { /* it has ended, or has closed its socket and would never answer */
        end_renderer(renderer, RENDERER_CRASHED);
        return -1;
    }
    renderer->state = RENDERER_BUSY;
    renderer->task = task;
    renderer->begun_us = clock_now_us();
    renderer->size = size;
    renderer->complete = 0;
    renderer->bytes = 0;
    set_timer(renderer, task_ms);
    return 0;
}
