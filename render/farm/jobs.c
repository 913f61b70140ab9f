/* SPDX-License-Identifier: ISC */
/* jobs: see jobs.h. Callbacks may ask for and leave any picture, so lists are read from their front
 * anew after each. */
#include "render/farm/jobs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "sys/clock.h"

enum {
    BUCKETS = 4096,
    FAILED_MOST = 1024,
};

struct jobs {
    struct farm_config *config;
    uint64_t seed; /* names are chosen by strangers, who must not know which share a bucket */
    unsigned n_failed;
    struct job_list failed; /* the oldest first */
    struct job *buckets[BUCKETS];
};

struct jobs *jobs_create(struct farm_config *config)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        return NULL;
    jobs->config = config;
    TAILQ_INIT(&jobs->failed);
    if (getrandom(&jobs->seed, sizeof jobs->seed, 0) != sizeof jobs->seed)
        jobs->seed = clock_now_us();
    return jobs;
}

/* ---- the table ---- */

static uint64_t hash_of(const struct jobs *jobs, const char *name)
{
    uint64_t hash = jobs->seed;
    for (; *name; name++) {
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static void remove_job(struct jobs *jobs, struct job *job)
{
    struct job **link = &jobs->buckets[job->hash % BUCKETS];
    while (*link != job)
        link = &(*link)->next;
    *link = job->next;
    for (unsigned i = 0; i < job->size; i++)
        blob_release(job->places[i].picture);
    free(job);
}

static void remove_failed(struct jobs *jobs, struct job *job)
{
    TAILQ_REMOVE(&jobs->failed, job, entry);
    jobs->n_failed--;
    remove_job(jobs, job);
}

void jobs_destroy(struct jobs *jobs)
{
    struct job *job;
    if (!jobs)
        return;
    while ((job = TAILQ_FIRST(&jobs->failed)))
        remove_failed(jobs, job);
    free(jobs);
}

struct job *jobs_find(struct jobs *jobs, const struct picture *first)
{
    char name[PICTURE_NAME_BYTES];
    picture_format(first, name);
    uint64_t hash = hash_of(jobs, name);
    struct job *job = jobs->buckets[hash % BUCKETS];
    while (job && (job->hash != hash || strcmp(job->name, name) != 0))
        job = job->next;
    if (job && job->state == JOB_FAILED && !job->answering && clock_now_ms() >= job->until_ms) {
        remove_failed(jobs, job);
        return NULL;
    }
    return job;
}

struct job *jobs_add(struct jobs *jobs, const struct picture *first)
{
    unsigned size = picture_job_size(first);
    struct job *job = calloc(1, sizeof *job + size * sizeof *job->places);
    if (!job)
        return NULL;
    job->first = *first;
    job->size = job->missing = size;
    for (unsigned i = 0; i < size; i++)
        job->places[i].last = &job->places[i].first;
    picture_format(first, job->name);
    job->hash = hash_of(jobs, job->name);
    struct job **bucket = &jobs->buckets[job->hash % BUCKETS];
    job->next = *bucket;
    *bucket = job;
    return job;
}

/* ---- those who wait ---- */

static unsigned seconds_left(int64_t until_ms)
{
    int64_t left = until_ms - clock_now_ms();
    return left > 0 ? (unsigned)((left + 999) / 1000) : 1;
}

static struct farm_answer answer_of(const struct job *job, unsigned place)
{
    if (job->places[place].picture)
        return (struct farm_answer){.outcome = FARM_DONE,
                                    .picture = job->places[place].picture,
                                    .attempts = job->attempts + 1};
    return (struct farm_answer){.outcome = FARM_FAILED,
                                .retry_s = seconds_left(job->until_ms),
                                .why = job->why,
                                .attempts = job->attempts};
}

void jobs_join(struct jobs *jobs, struct job *job, unsigned place, struct farm_waiter *waiter)
{
    struct job_place *at = &job->places[place];
    waiter->link = NULL;
    if (at->picture || job->state == JOB_FAILED) {
        bool outer = job->answering;
        struct farm_answer answer = answer_of(job, place);
        job->answering = true;
        waiter->answered(waiter, &answer);
        job->answering = outer;
        return;
    }
    waiter->job = job;
    waiter->place = place;
    waiter->next = NULL;
    waiter->link = at->last;
    *at->last = waiter;
    at->last = &waiter->next;
    job->waiters++;
}

struct job *jobs_leave(struct farm_waiter *waiter)
{
    struct job *job = waiter->job;
    if (!waiter->link)
        return NULL;
    *waiter->link = waiter->next;
    if (waiter->next)
        waiter->next->link = waiter->link;
    else
        job->places[waiter->place].last = waiter->link;
    waiter->link = NULL;
    job->waiters--;
    return job;
}

static void answer_place(struct job *job, unsigned place, const struct farm_answer *answer)
{
    struct farm_waiter *waiter;
    bool outer = job->answering;
    job->answering = true;
    while ((waiter = job->places[place].first)) {
        jobs_leave(waiter);
        waiter->answered(waiter, answer);
    }
    job->answering = outer;
}

/* ---- pictures, and the end ---- */

void jobs_picture(struct jobs *jobs, struct job *job, unsigned place, struct blob *blob)
{
    struct picture picture;
    if (job->places[place].picture) { /* of an attempt that failed later */
        blob_release(blob);
        return;
    }
    job->places[place].picture = blob;
    job->bytes += blob->len;
    job->missing--;
    picture_of_job(&job->first, place, &picture);
    jobs->config->finished(jobs->config, &picture, blob);
    struct farm_answer answer = answer_of(job, place);
    answer_place(job, place, &answer);
}

void jobs_done(struct jobs *jobs, struct job *job)
{
    remove_job(jobs, job); /* each picture's waiters were answered when it came */
}

void jobs_failed(struct jobs *jobs, struct job *job)
{
    struct job *oldest;
    job->state = JOB_FAILED;
    job->until_ms = clock_now_ms() + FARM_NEGATIVE_S * 1000;
    TAILQ_INSERT_TAIL(&jobs->failed, job, entry);
    jobs->n_failed++;
    for (unsigned i = 0; i < job->size; i++) {
        struct farm_answer answer = answer_of(job, i);
        answer_place(job, i, &answer);
    }
    while ((oldest = TAILQ_FIRST(&jobs->failed)) && !oldest->answering &&
           (jobs->n_failed > FAILED_MOST || oldest->until_ms <= clock_now_ms()))
        remove_failed(jobs, oldest);
}

void jobs_refuse(struct jobs *jobs, struct job *job, unsigned retry_s)
{
    struct farm_answer answer = {
        .outcome = FARM_FULL, .retry_s = retry_s, .attempts = job->attempts};
    job->state = JOB_GIVEN_UP;
    /* Whoever asks again within its answer gets a new job. */
    struct job **link = &jobs->buckets[job->hash % BUCKETS];
    while (*link != job)
        link = &(*link)->next;
    *link = job->next;
    for (unsigned i = 0; i < job->size; i++)
        answer_place(job, i, &answer);
    for (unsigned i = 0; i < job->size; i++)
        blob_release(job->places[i].picture);
    free(job);
}
