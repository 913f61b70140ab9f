/* SPDX-License-Identifier: ISC */
/* dispatch: see dispatch.h. */
#include "render/farm/dispatch.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "sys/clock.h"
#include "sys/diag.h"

enum {
    OUTSIDE_MOST = 20, /* kills of a job's children by others that do not count as attempts */
    RETRY_MOST_S = 60,
    NO_CHILDREN_RETRY_S = 10,
    MEAN_WEIGHT = 8, /* of the jobs before, in the mean: this many to one */
    INPUT_NONE = -1,
    INPUT_ABSENT = -2,
};

void dispatch_tell(struct pool *pool)
{
    if (pool->farm->observer)
        pool->farm->observer->changed(pool->farm->observer, pool);
}

static unsigned whole_seconds(int64_t ms)
{
    int64_t s = (ms + 999) / 1000;
    return s < 1 ? 1 : s > RETRY_MOST_S ? RETRY_MOST_S : (unsigned)s;
}

/* ---- the jobs that wait ---- */

static unsigned count_waiting(const struct pool *pool)
{
    unsigned n = 0;
    for (unsigned i = 0; i < FARM_PRIORITIES; i++)
        n += pool->n_waiting[i];
    return n;
}

static void add_waiting(struct pool *pool, struct job *job, bool first)
{
    struct job_list *list = &pool->waiting[job->priority];
    job->state = JOB_WAITING;
    if (first)
        TAILQ_INSERT_HEAD(list, job, entry);
    else
        TAILQ_INSERT_TAIL(list, job, entry);
    pool->n_waiting[job->priority]++;
}

static void remove_waiting(struct pool *pool, struct job *job)
{
    TAILQ_REMOVE(&pool->waiting[job->priority], job, entry);
    pool->n_waiting[job->priority]--;
}

void dispatch_promote(struct job *job, enum farm_priority priority, unsigned place)
{
    if (job->state != JOB_WAITING || priority >= job->priority)
        return;
    remove_waiting(job->pool, job);
    job->priority = priority;
    job->place = place;
    add_waiting(job->pool, job, false);
}

void dispatch_demote(struct job *job)
{
    if (job->state != JOB_WAITING || job->priority != FARM_WAITING)
        return;
    remove_waiting(job->pool, job);
    job->priority = FARM_STALE;
    add_waiting(job->pool, job, false);
}

/* ---- is there room? ---- */

/* In how long what waits now will have been rendered. */
static unsigned queue_s(const struct pool *pool)
{
    unsigned serving = crew_serving(&pool->crew);
    uint64_t us = pool->mean_us * (count_waiting(pool) + pool->busy) / (serving > 0 ? serving : 1);
    return whole_seconds((int64_t)(us / 1000));
}

/* The last job that nobody waits for makes room for one that somebody does. */
static bool drop_unwanted(struct pool *pool)
{
    for (unsigned i = FARM_PRIORITIES; i-- > FARM_STALE;) {
        struct job *job = TAILQ_LAST(&pool->waiting[i], job_list);
        if (job && job->waiters == 0 && job != pool->probe) {
            remove_waiting(pool, job);
            jobs_refuse(pool->jobs, job, 1);
            return true;
        }
    }
    return false;
}

bool dispatch_has_room(struct pool *pool, enum farm_priority priority, unsigned *retry_s)
{
    const unsigned most = pool->config.jobs;
    const unsigned shares[] = {most, most - most / 4, most - most / 2};
    int64_t now_ms = clock_now_ms();
    if (pool->closing || pool->crew.wanted == 0) {
        *retry_s = NO_CHILDREN_RETRY_S;
        return false;
    }
    if (crew_fails(&pool->crew)) {
        *retry_s = whole_seconds(crew_pause_ms(&pool->crew));
        return false;
    }
    if (pool->breaker.open &&
        (pool->probe || breaker_state(&pool->breaker, now_ms) == BREAKER_RESTING)) {
        *retry_s = whole_seconds(pool->breaker.until_ms - now_ms);
        return false;
    }
    if (count_waiting(pool) < shares[priority] || (priority == FARM_WAITING && drop_unwanted(pool)))
        return true;
    *retry_s = queue_s(pool);
    return false;
}

void dispatch_give_up(struct pool *pool)
{
    for (unsigned i = 0; i < FARM_PRIORITIES; i++) {
        struct job *job;
        while ((job = TAILQ_FIRST(&pool->waiting[i]))) {
            unsigned retry_s;
            remove_waiting(pool, job);
            if (job == pool->probe)
                pool->probe = NULL;
            if (dispatch_has_room(pool, job->priority, &retry_s))
                retry_s = 1;
            jobs_refuse(pool->jobs, job, retry_s);
        }
    }
}

/* ---- the end of a job ---- */

static void fail_job(struct pool *pool, struct job *job)
{
    pool->n_failed++;
    if (job == pool->probe) {
        pool->probe = NULL;
        breaker_rest(&pool->breaker, job->spent_ms, clock_now_ms());
    }
    jobs_failed(pool->jobs, job);
}

/* The job does not run any more: what its child was busy with counts no longer. */
static void note_stopped(struct pool *pool, const struct job *job)
{
    pool->busy--;
    pool->busy_batch -= job->as_batch;
}

void dispatch_take_back(struct pool *pool, struct job *job)
{
    note_stopped(pool, job);
    add_waiting(pool, job, true);
}

/* All pictures have come, and been handed on. */
static void end_job(struct pool *pool, struct job *job)
{
    pool->n_jobs++;
    pool->n_pictures += job->size;
    pool->bytes += job->bytes;
    if (job == pool->probe)
        pool->probe = NULL;
    jobs_done(pool->jobs, job);
}

/* An attempt has failed. Whoever comes next goes first, so that a poisonous job does not hold up
 * the others. */
static void fail_attempt(struct pool *pool, struct job *job, unsigned weight, uint64_t took_us,
                         const char *why)
{
    int64_t took_ms = (int64_t)(took_us / 1000);
    note_stopped(pool, job);
    if (job->missing == 0) { /* its child has ended in another way than it should, but afterwards */
        end_job(pool, job);
        return;
    }
    snprintf(job->why, sizeof job->why, "%s", why);
    job->attempts++;
    job->spent_ms += took_ms;
    /* What has a file of its own fails by that, and says nothing about the program. */
    bool trips = !job->has_input &&
                 breaker_failure(&pool->breaker, job->hash, weight, took_ms, clock_now_ms());
    if (job->attempts >= FARM_ATTEMPTS) {
        fail_job(pool, job);
    } else if (pool->breaker.open && job != pool->probe) {
        jobs_refuse(pool->jobs, job, whole_seconds(pool->breaker.until_ms - clock_now_ms()));
    } else {
        add_waiting(pool, job, false);
    }
    if (!trips)
        return;
    diag_warn("%s: nothing but failures, the last one: %s; it rests for %u s", pool->config.name,
              why, whole_seconds(pool->breaker.until_ms - clock_now_ms()));
    dispatch_give_up(pool);
}

/* ---- what children tell ---- */

static struct pool *pool_of(struct crew *crew)
{
    return (struct pool *)((char *)crew - offsetof(struct pool, crew));
}

static void on_picture(struct renderer *child, unsigned place, struct blob *blob)
{
    struct pool *pool = pool_of(child->owner);
    jobs_picture(pool->jobs, child->task, place, blob);
}

static void on_done(struct renderer *child, void *task, uint32_t cpu_us)
{
    struct pool *pool = pool_of(child->owner);
    struct job *job = task;
    uint64_t took_us = clock_now_us() - child->begun_us;
    note_stopped(pool, job);
    pool->mean_us = pool->mean_us == 0
                        ? took_us + 1
                        : (pool->mean_us * MEAN_WEIGHT + took_us) / (MEAN_WEIGHT + 1);
    pool->cpu_us += cpu_us;
    pool->wall_us += took_us;
    pool->probe = NULL;
    if (pool->breaker.open)
        diag_info("%s: it renders again", pool->config.name);
    breaker_success(&pool->breaker);
    end_job(pool, job);
    crew_settle(&pool->crew);
    dispatch_run(pool);
    dispatch_tell(pool);
}

static void on_failed(struct renderer *child, void *task, const char *why)
{
    struct pool *pool = pool_of(child->owner);
    uint64_t took_us = clock_now_us() - child->begun_us;
    crew_settle(&pool->crew);
    fail_attempt(pool, task, BREAKER_SAID, took_us, why);
    dispatch_run(pool);
    dispatch_tell(pool);
}

static void on_lost(struct renderer *child, void *task, enum renderer_end end, const char *why)
{
    struct pool *pool = pool_of(child->owner);
    struct job *job = task;
    diag_warn("%s: %s: %s", pool->config.name, job->name, why);
    if (end == RENDERER_OUTSIDE && job->missing > 0 && job->outside < OUTSIDE_MOST) {
        job->outside++;
        dispatch_take_back(pool, job);
    } else {
        fail_attempt(pool, job, end == RENDERER_LATE ? BREAKER_LATE : BREAKER_LOST,
                     clock_now_us() - child->begun_us, why);
    }
}

static void on_changed(struct crew *crew)
{
    struct pool *pool = pool_of(crew);
    if (crew_fails(crew))
        dispatch_give_up(pool);
    dispatch_run(pool);
    dispatch_tell(pool);
}

const struct crew_events dispatch_events = {on_changed, on_picture, on_done, on_failed, on_lost};

/* ---- giving jobs to children ---- */

static struct job *next_job(struct pool *pool)
{
    unsigned share = pool->config.batch_share ? (pool->crew.wanted + 1) / 2 : pool->crew.wanted;
    for (unsigned i = 0; i < FARM_PRIORITIES; i++)
        if (pool->n_waiting[i] > 0 && (i != FARM_BATCH || pool->busy_batch < share))
            return TAILQ_FIRST(&pool->waiting[i]);
    return NULL;
}

/* Its input, opened; false: there is none, and the job has failed. */
static bool open_input(struct pool *pool, struct job *job, int *input)
{
    *input = pool->farm->input ? pool->farm->input(pool->farm, &job->first) : INPUT_NONE;
    if (*input != INPUT_ABSENT)
        return true;
    job->attempts++;
    if (job == pool->probe) /* it has tried nothing */
        pool->probe = NULL;
    snprintf(job->why, sizeof job->why, "the file that it is made from is not there");
    fail_job(pool, job);
    return false;
}

static void give(struct pool *pool, struct renderer *child, struct job *job)
{
    int input;
    remove_waiting(pool, job);
    if (!open_input(pool, job, &input))
        return;
    job->state = JOB_RUNNING;
    job->has_input = input >= 0;
    if (renderer_give(child, job, job->name, job->place, job->size, input, pool->config.task_ms) !=
        0) {
        add_waiting(pool, job, true); /* for the next child; this one is told of as ended */
    } else {
        job->as_batch = job->priority == FARM_BATCH;
        pool->busy++;
        pool->busy_batch += job->as_batch;
    }
    if (input >= 0)
        close(input);
}

void dispatch_run(struct pool *pool)
{
    struct renderer *child;
    struct job *job;
    while ((child = crew_idle(&pool->crew)) && (job = next_job(pool)))
        give(pool, child, job);
}

void dispatch_take(struct pool *pool, struct job *job, enum farm_priority priority, unsigned place)
{
    job->pool = pool;
    job->priority = priority;
    job->place = place;
    if (pool->breaker.open)
        pool->probe = job;
    add_waiting(pool, job, false);
    dispatch_run(pool);
    dispatch_tell(pool);
}
