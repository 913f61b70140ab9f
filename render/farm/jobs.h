/* SPDX-License-Identifier: ISC */
/*
 * jobs: what is being rendered or waits for it, found by the job's first picture, with all who wait
 * for its pictures. A job that failed stays for FARM_NEGATIVE_S, so that nobody tries it again.
 */
#ifndef PLACED_RENDER_FARM_JOBS_H
#define PLACED_RENDER_FARM_JOBS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "render/farm/ask.h"
#include "render/farm/farm_config.h"
#include "render/wire/wire.h"

struct jobs;

enum job_state {
    JOB_WAITING,
    JOB_RUNNING,
    JOB_FAILED,
    JOB_GIVEN_UP, /* those who wait are being told */
};

struct job_place {
    struct farm_waiter *first, **last; /* who waits for it, the oldest first */
    struct blob *picture;              /* NULL until it has come */
};

struct job {
    struct job *next;       /* of the table's bucket */
    TAILQ_ENTRY(job) entry; /* of the pool's list of those that wait; or of those that failed */
    uint64_t hash;
    char name[PICTURE_NAME_BYTES]; /* of the first picture */
    struct picture first;
    enum job_state state;
    bool answering;   /* callbacks are being called: it must stay */
    unsigned size;    /* pictures */
    unsigned missing; /* that have not come */
    unsigned waiters;
    unsigned attempts; /* that failed */
    int64_t until_ms;  /* JOB_FAILED */
    char why[WIRE_REASON_MAX + 1];
    /* The pool's: */
    struct pool *pool;
    enum farm_priority priority;
    unsigned place;   /* the picture that is rendered first */
    unsigned outside; /* children killed by others */
    bool as_batch;    /* it runs with the share of batches */
    bool has_input;   /* a file of its own */
    int64_t spent_ms; /* on attempts that failed */
    uint64_t bytes;   /* of its pictures */
    struct job_place places[];
};

TAILQ_HEAD(job_list, job);

/* config must outlive it. NULL: no memory. */
struct jobs *jobs_create(struct farm_config *config);
/* All jobs but those that failed must have ended. NULL is fine. */
void jobs_destroy(struct jobs *jobs);

/* The job of this first picture, or NULL. One that failed too long ago is gone. */
struct job *jobs_find(struct jobs *jobs, const struct picture *first);
/* A new one. NULL: no memory. */
struct job *jobs_add(struct jobs *jobs, const struct picture *first);

/* Wait for a picture of a job, or be answered at once when that has come, or the job failed. */
void jobs_join(struct jobs *jobs, struct job *job, unsigned place, struct farm_waiter *waiter);
/* No longer. Returns the job, or NULL when it did not wait. */
struct job *jobs_leave(struct farm_waiter *waiter);

/* A picture has come; the blob becomes the job's. One that was there already is dropped. */
void jobs_picture(struct jobs *jobs, struct job *job, unsigned place, struct blob *blob);

/* The end of a job, which is freed or kept by this: all pictures have come; it failed for good, for
 * the reason in job->why; or it is given up, and those who wait may ask again in retry_s. */
void jobs_done(struct jobs *jobs, struct job *job);
void jobs_failed(struct jobs *jobs, struct job *job);
void jobs_refuse(struct jobs *jobs, struct job *job, unsigned retry_s);

#endif
