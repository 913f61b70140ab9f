/* SPDX-License-Identifier: ISC */
/*
 * crew: keeps as many children of one program as are wanted. A child that has done its number of
 * tasks goes on until its replacement is ready, so that there are never fewer. Starts that fail are
 * repeated with a growing pause, one at a time.
 *
 * It knows nothing of jobs: it says when a child is ready, and when one was lost with its task.
 */
#ifndef PLACED_RENDER_FARM_CREW_H
#define PLACED_RENDER_FARM_CREW_H

#include <stdbool.h>
#include <stdint.h>

#include "render/farm/renderer.h"

struct crew;

struct crew_events {
    /* A child can take tasks, or they fail to start: crew_idle, crew_fails. */
    void (*changed)(struct crew *crew);
    /* As in renderer_events; renderer->owner is the crew. */
    void (*picture)(struct renderer *renderer, unsigned place, struct blob *blob);
    void (*done)(struct renderer *renderer, void *task, uint32_t cpu_us);
    void (*failed)(struct renderer *renderer, void *task, const char *why);
    /* A child has ended with this task. */
    void (*lost)(struct renderer *renderer, void *task, enum renderer_end end, const char *why);
};

struct crew {
    const struct crew_events *events;
    struct renderer_events heard;
    struct renderers *all;
    const char *name;
    const char *const *command;
    unsigned wanted, start_ms;
    uint32_t tasks; /* a child is replaced after so many */
    TAILQ_HEAD(renderers_of_crew, renderer) children;
    bool unproven;     /* one said that it was ready, and ended: only a task done shows success */
    unsigned failures; /* starts that have failed since one succeeded */
    int64_t next_ms;   /* the next start, when there were failures */
    ev_timer again;    /* runs until then */
    uint64_t late, crashed;
};

void crew_init(struct crew *crew, struct renderers *all, const struct crew_events *events,
               const char *name, const char *const *command, unsigned start_ms, uint32_t tasks);
/* Kill all; their tasks are told to nobody. */
void crew_finish(struct crew *crew);

void crew_scale(struct crew *crew, unsigned wanted);
/* Give no further task to those there are, and replace them. */
void crew_renew(struct crew *crew);
/* Start and end children as it is needed. When a child's task has ended, before it is given
 * another: the child may be gone afterwards. */
void crew_settle(struct crew *crew);

/* A child that may be given a task, or NULL. */
struct renderer *crew_idle(struct crew *crew);
/* How many have said that they are ready. */
unsigned crew_serving(const struct crew *crew);
/* Has its program failed to start, again and again, and is nobody there? */
bool crew_fails(const struct crew *crew);
/* The time until the next start after failures. */
int64_t crew_pause_ms(const struct crew *crew);

#endif
