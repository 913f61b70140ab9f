/* SPDX-License-Identifier: ISC */
/* crew: see crew.h. */
#include "render/farm/crew.h"

#include <errno.h>
#include <string.h>

#include "sys/clock.h"
#include "sys/diag.h"

enum {
    PAUSE_FIRST_MS = 100,
    PAUSE_MOST_MS = 10000,
    FAILURES_MANY = 3,
    STARTS_A_TURN = 8, /* each takes up to a millisecond, in which the loop serves nobody */
};

/* A child whose style has changed gets no task; one that has done many goes on for a while. */
static bool is_serving(const struct renderer *child)
{
    return child->state != RENDERER_STARTING && !child->killed && !child->outdated;
}

static bool is_lasting(const struct renderer *child)
{
    return !child->killed && !child->outdated && !child->retiring;
}

unsigned crew_serving(const struct crew *crew)
{
    const struct renderer *child;
    unsigned n = 0;
    TAILQ_FOREACH (child, &crew->children, entry)
        n += is_serving(child);
    return n;
}

bool crew_fails(const struct crew *crew)
{
    return crew->failures >= FAILURES_MANY && crew_serving(crew) == 0;
}

int64_t crew_pause_ms(const struct crew *crew)
{
    int64_t left = crew->next_ms - clock_now_ms();
    return crew->failures > 0 && left > 0 ? left : 0;
}

struct renderer *crew_idle(struct crew *crew)
{
    struct renderer *child;
    TAILQ_FOREACH (child, &crew->children, entry)
        if (renderer_is_idle(child) && !child->outdated)
            return child;
    return NULL;
}

/* ---- starting ---- */

static void note_failure(struct crew *crew, const char *why)
{
    int64_t pause = PAUSE_FIRST_MS;
    for (unsigned i = 0; i < crew->failures && pause < PAUSE_MOST_MS; i++)
        pause *= 2;
    if (pause > PAUSE_MOST_MS)
        pause = PAUSE_MOST_MS;
    crew->failures++;
    crew->next_ms = clock_now_ms() + pause;
    diag_warn("%s: %s did not start: %s; the next try is in %.1f s", crew->name, crew->command[0],
              why, (double)pause / 1000);
}

static void start_child(struct crew *crew)
{
    struct renderer *child =
        renderer_start(crew->all, crew->command, crew->start_ms, &crew->heard, crew);
    if (child)
        TAILQ_INSERT_TAIL(&crew->children, child, entry);
    else
        note_failure(crew, strerror(errno));
}

static unsigned count_starting(const struct crew *crew)
{
    const struct renderer *child;
    unsigned n = 0;
    TAILQ_FOREACH (child, &crew->children, entry)
        n += child->state == RENDERER_STARTING && !child->killed;
    return n;
}

static unsigned count_lasting(const struct crew *crew)
{
    const struct renderer *child;
    unsigned n = 0;
    TAILQ_FOREACH (child, &crew->children, entry)
        n += is_lasting(child);
    return n;
}

/* Come here again in so many milliseconds. */
static void start_later(struct crew *crew, int64_t ms)
{
    struct ev_loop *loop = crew->all->loop;
    if (ev_is_active(&crew->again))
        return;
    ev_now_update(loop);
    ev_timer_set(&crew->again, (double)ms / 1000 + 0.001, 0);
    ev_timer_start(loop, &crew->again);
}

static void start_missing(struct crew *crew)
{
    unsigned there = count_lasting(crew), started = 0;
    for (; there < crew->wanted && crew->failures == 0 && started < STARTS_A_TURN; started++) {
        start_child(crew);
        there++;
    }
    if (there >= crew->wanted)
        return;
    if (crew->failures == 0) {
        start_later(crew, 0);
        return;
    }
    if (count_starting(crew) > 0)
        return;
    if (crew_pause_ms(crew) == 0)
        start_child(crew); /* one alone, to see whether it succeeds now */
    if (count_starting(crew) == 0)
        start_later(crew, crew_pause_ms(crew));
}

/* ---- ending ---- */

static void stop_child(struct crew *crew, struct renderer *child)
{
    TAILQ_REMOVE(&crew->children, child, entry);
    renderer_stop(child);
}

/* Those that are too many and have no task, the starting ones first. A busy one is stopped when its
 * task has ended, if there are too many still. */
static void stop_surplus(struct crew *crew)
{
    static const enum renderer_state order[] = {RENDERER_STARTING, RENDERER_IDLE};
    unsigned there = count_lasting(crew);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct renderer *child = TAILQ_LAST(&crew->children, renderers_of_crew), *before;
        for (; child && there > crew->wanted; child = before) {
            before = TAILQ_PREV(child, renderers_of_crew, entry);
            if (child->state == order[i] && is_lasting(child)) {
                stop_child(crew, child);
                there--;
            }
        }
    }
}

/* Those that were only kept until others serve, and those with an old style. */
static void stop_replaced(struct crew *crew)
{
    unsigned serving = crew_serving(crew);
    struct renderer *child, *next;
    for (child = TAILQ_FIRST(&crew->children); child; child = next) {
        next = TAILQ_NEXT(child, entry);
        if (child->killed || child->state == RENDERER_BUSY)
            continue;
        if (child->outdated) {
            stop_child(crew, child);
        } else if (child->retiring && serving > crew->wanted) {
            stop_child(crew, child);
            serving--;
        }
    }
}

void crew_settle(struct crew *crew)
{
    struct renderer *child;
    TAILQ_FOREACH (child, &crew->children, entry)
        if (child->tasks >= crew->tasks)
            child->retiring = true;
    stop_surplus(crew);
    stop_replaced(crew);
    start_missing(crew);
}

/* ---- what children tell ---- */

static void on_ready(struct renderer *child)
{
    struct crew *crew = child->owner;
    if (!crew->unproven)
        crew->failures = 0;
    crew_settle(crew);
    crew->events->changed(crew);
}

static void on_picture(struct renderer *child, unsigned place, struct blob *blob)
{
    struct crew *crew = child->owner;
    crew->events->picture(child, place, blob);
}

static void on_done(struct renderer *child, void *task, uint32_t cpu_us)
{
    struct crew *crew = child->owner;
    crew->failures = 0;
    crew->unproven = false;
    crew->events->done(child, task, cpu_us);
}

static void on_failed(struct renderer *child, void *task, const char *why)
{
    struct crew *crew = child->owner;
    crew->events->failed(child, task, why);
}

static void on_ended(struct renderer *child, enum renderer_end end, const char *why)
{
    struct crew *crew = child->owner;
    void *task = child->task;
    TAILQ_REMOVE(&crew->children, child, entry);
    if (end == RENDERER_LATE)
        crew->late++;
    else
        crew->crashed++;
    /* One that ends before it has done anything would be started again at once, for ever. */
    if (!task && child->tasks == 0) {
        crew->unproven = child->state != RENDERER_STARTING;
        note_failure(crew, why);
    }
    if (task)
        crew->events->lost(child, task, end, why);
    crew_settle(crew);
    crew->events->changed(crew);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int revents)
{
    struct crew *crew = timer->data;
    crew_settle(crew);
    crew->events->changed(crew);
}

/* ---- the crew ---- */

void crew_init(struct crew *crew, struct renderers *all, const struct crew_events *events,
               const char *name, const char *const *command, unsigned start_ms, uint32_t tasks)
{
    *crew = (struct crew){.events = events,
                          .heard = {on_ready, on_picture, on_done, on_failed, on_ended},
                          .all = all,
                          .name = name,
                          .command = command,
                          .start_ms = start_ms,
                          .tasks = tasks};
    TAILQ_INIT(&crew->children);
    ev_timer_init(&crew->again, on_again, 0, 0);
    crew->again.data = crew;
}

void crew_finish(struct crew *crew)
{
    struct renderer *child;
    ev_timer_stop(crew->all->loop, &crew->again);
    while ((child = TAILQ_FIRST(&crew->children)))
        stop_child(crew, child);
}

void crew_scale(struct crew *crew, unsigned wanted)
{
    crew->wanted = wanted;
    crew_settle(crew);
}

void crew_renew(struct crew *crew)
{
    struct renderer *child;
    TAILQ_FOREACH (child, &crew->children, entry)
        child->outdated = true;
    crew->failures = 0; /* the new style may be a better one */
    crew->unproven = false;
    crew_settle(crew);
}
