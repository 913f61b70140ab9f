/* SPDX-License-Identifier: ISC */
/*
 * renderer: one child process and what is said to it. It has one task at a time; its pictures are
 * put together here. A child is not trusted: whatever it says that it must not say, and being late,
 * is its end.
 *
 * Threads: that of the event loop.
 */
#ifndef PLACED_RENDER_FARM_RENDERER_H
#define PLACED_RENDER_FARM_RENDERER_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "render/farm/child_process.h"
#include "render/name/blob.h"
#include "render/wire/wire.h"

struct renderer;
struct renderers;

/* Why a child has ended. */
enum renderer_end {
    RENDERER_OUTSIDE, /* killed by somebody else, by a signal that people and systems send */
    RENDERER_CRASHED, /* ended by itself, or by a signal that it has brought about */
    RENDERER_LATE,    /* killed: the task, or becoming ready, has taken too long */
    RENDERER_LIED,    /* killed: it has sent what it must not */
};

enum { RENDERER_WHY_BYTES = 100 };

/* Called by the loop, never within a function below; may call those of the same renderer. */
struct renderer_events {
    void (*ready)(struct renderer *renderer);
    /* A picture of the task; the blob is the callee's to release. */
    void (*picture)(struct renderer *renderer, unsigned place, struct blob *blob);
    /* The task has ended: renderer->task has been set to NULL, and is handed in. All pictures have
     * come; or it failed for this reason, which is text of one line. */
    void (*done)(struct renderer *renderer, void *task, uint32_t cpu_us);
    void (*failed)(struct renderer *renderer, void *task, const char *why);
    /* The child has ended by itself, with renderer->task if it had one. It is freed afterwards. */
    void (*ended)(struct renderer *renderer, enum renderer_end end, const char *why);
};

enum renderer_state {
    RENDERER_STARTING,
    RENDERER_IDLE,
    RENDERER_BUSY,
};

/* Read, except for the last three members, which are the owner's. */
struct renderer {
    struct renderers *all;
    const struct renderer_events *events;
    enum renderer_state state;
    void *task;
    uint32_t number;
    uint32_t tasks;    /* finished, well or not */
    uint64_t begun_us; /* when it was given its task */
    struct child_process child;
    ev_io packets, end;
    ev_timer timer;
    bool killed;  /* what it says is not heard any more */
    bool stopped; /* by renderer_stop: nobody is told of its end */
    enum renderer_end why;
    unsigned size;     /* pictures of the task */
    uint64_t complete; /* a bit for each that has come */
    uint64_t bytes;    /* of those */
    struct blob *part; /* what has come of part_place, with room for more */
    size_t part_len;
    unsigned part_place;
    TAILQ_ENTRY(renderer) stopping; /* of all, when stopped */

    TAILQ_ENTRY(renderer) entry;
    void *owner;
    bool retiring, outdated;
};

/* What all renderers of a farm share. */
struct renderers {
    struct ev_loop *loop;
    uint32_t started;
    TAILQ_HEAD(, renderer) stopping; /* not yet reaped */
    uint8_t packet[WIRE_PACKET_BYTES + 1];
};

void renderers_init(struct renderers *all, struct ev_loop *loop);
/* Reap those that were stopped. */
void renderers_finish(struct renderers *all);

/* Start a child; it has start_ms to say that it is ready. NULL with errno. */
struct renderer *renderer_start(struct renderers *all, const char *const *command,
                                unsigned start_ms, const struct renderer_events *events,
                                void *owner);

/* Give an idle one a task of so many pictures; input: a descriptor that it may read, which stays
 * the caller's, or -1. 0, or -1: it has just ended, which will be told. */
int renderer_give(struct renderer *renderer, void *task, const char *name, unsigned place,
                  unsigned size, int input, unsigned task_ms);

/* Kill it; its task, if it has one, is the caller's again. The renderer must not be used after. */
void renderer_stop(struct renderer *renderer);

/* May it be given a task? */
static inline bool renderer_is_idle(const struct renderer *renderer)
{
    return renderer->state == RENDERER_IDLE && !renderer->killed;
}

#endif
