/* SPDX-License-Identifier: ISC */
/* agent: see agent.h. */
#include "render/http/agent.h"

#include <errno.h>
#include <ev.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "render/http/health.h"
#include "render/http/site.h"
#include "render/http/speed.h"
#include "sys/clock.h"
#include "sys/worker.h"

enum {
    ACCEPTS_A_TURN = 16,
    LINE_BYTES = 64,
};

struct agent {
    const struct site *site;
    struct listen_address address;
    ev_io watcher;
    struct worker *worker;
    struct job job;
    struct speed speed; /* the worker's */
    atomic_uint percent;
    volatile uint64_t result; /* so that it is computed at all */
};

static void compute(struct job *job)
{
    struct agent *agent = (struct agent *)((char *)job - offsetof(struct agent, job));
    uint64_t began_us = clock_now_us();
    agent->result = speed_compute();
    uint64_t took_us = clock_now_us() - began_us;
    speed_took(&agent->speed, took_us);
    atomic_store_explicit(&agent->percent, agent->speed.percent, memory_order_relaxed);
    worker_add(agent->worker, job, clock_now_ms() + (int64_t)speed_pause_ms(took_us));
}

static void answer(struct agent *agent, int fd)
{
    char line[LINE_BYTES], sent[LINE_BYTES];
    const char *trouble = readiness_trouble(agent->site);
    if (agent->site->stopping)
        snprintf(line, sizeof line, "drain\n");
    else if (trouble)
        snprintf(line, sizeof line, "down\n");
    else
        snprintf(line, sizeof line, "up ready %u%%\n",
                 atomic_load_explicit(&agent->percent, memory_order_relaxed));
    /* What the client may have sent (agent-send) is read: unread, the answer could be lost. */
    (void)!recv(fd, sent, sizeof sent, MSG_DONTWAIT);
    (void)!send(fd, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    close(fd);
}

static void on_accept(struct ev_loop *loop, ev_io *watcher, int events)
{
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        int fd = accept4(watcher->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        answer(watcher->data, fd);
    }
}

struct agent *agent_open(const struct site *site, const struct listen_address *address,
                         char error[LISTENING_ERROR_BYTES])
{
    struct agent *agent = calloc(1, sizeof *agent);
    if (!agent) {
        snprintf(error, LISTENING_ERROR_BYTES, "out of memory");
        return NULL;
    }
    agent->site = site;
    agent->address = *address;
    agent->job.run = compute;
    speed_init(&agent->speed);
    atomic_init(&agent->percent, agent->speed.percent);
    int fd = listening_open(&agent->address, LISTENING_ALONE, error);
    if (fd < 0) {
        free(agent);
        return NULL;
    }
    agent->worker = worker_create("agent", 1);
    if (!agent->worker || !worker_add(agent->worker, &agent->job, clock_now_ms())) {
        snprintf(error, LISTENING_ERROR_BYTES, "cannot start a thread: %s", strerror(errno));
        listening_close(fd, &agent->address);
        worker_destroy(agent->worker);
        free(agent);
        return NULL;
    }
    ev_io_init(&agent->watcher, on_accept, fd, EV_READ);
    agent->watcher.data = agent;
    ev_io_start(site->loop, &agent->watcher);
    listening_say("agent", false, &agent->address);
    return agent;
}

void agent_close(struct agent *agent)
{
    if (!agent)
        return;
    ev_io_stop(agent->site->loop, &agent->watcher);
    listening_close(agent->watcher.fd, &agent->address);
    worker_destroy(agent->worker);
    free(agent);
}
