/* SPDX-License-Identifier: ISC */
/*
 * breaker: does a pool rest? Its jobs share the machine with those of other pools; when attempt
 * after attempt fails, it is the program or its style that is broken, and not the jobs. Then the
 * pool rests for RESTS times as long as the attempt took (1 to 60 s), and tries one job: the
 * probe. If that fails it rests again, so that it takes a twentieth of one processor at most; a job
 * that succeeds ends it.
 *
 * It trips when the attempts that failed since the last success weigh BREAKER_WEIGHT and belong to
 * BREAKER_JOBS different jobs: one poisonous job alone does not trip it. Pure.
 */
#ifndef PLACED_RENDER_FARM_BREAKER_H
#define PLACED_RENDER_FARM_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    BREAKER_WEIGHT = 12,
    BREAKER_JOBS = 3,
    /* What a failed attempt weighs: the reason was said; the child was lost; it had to be killed.
     */
    BREAKER_SAID = 1,
    BREAKER_LOST = 2,
    BREAKER_LATE = 4,
};

struct breaker {
    unsigned weight, n_jobs;
    uint64_t jobs[BREAKER_JOBS]; /* of the failed attempts */
    bool open;
    int64_t until_ms; /* when open: no probe before */
};

enum breaker_state {
    BREAKER_CLOSED,  /* all is well */
    BREAKER_RESTING, /* no job may run */
    BREAKER_PROBE,   /* one job may run */
};

enum breaker_state breaker_state(const struct breaker *breaker, int64_t now_ms);

void breaker_success(struct breaker *breaker);

/* An attempt of this job has failed after took_ms. True: it trips just now. */
bool breaker_failure(struct breaker *breaker, uint64_t job, unsigned weight, int64_t took_ms,
                     int64_t now_ms);

/* The probe has failed for good after took_ms, all attempts together. */
void breaker_rest(struct breaker *breaker, int64_t took_ms, int64_t now_ms);

#endif
