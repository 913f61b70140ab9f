/* SPDX-License-Identifier: ISC */
/* breaker: see breaker.h. */
#include "render/farm/breaker.h"

enum {
    RESTS = 20,
    REST_LEAST_MS = 1000,
    REST_MOST_MS = 60000,
};

enum breaker_state breaker_state(const struct breaker *breaker, int64_t now_ms)
{
    if (!breaker->open)
        return BREAKER_CLOSED;
    return now_ms < breaker->until_ms ? BREAKER_RESTING : BREAKER_PROBE;
}

void breaker_success(struct breaker *breaker)
{
    *breaker = (struct breaker){0};
}

static void note_job(struct breaker *breaker, uint64_t job)
{
    for (unsigned i = 0; i < breaker->n_jobs; i++)
        if (breaker->jobs[i] == job)
            return;
    if (breaker->n_jobs < BREAKER_JOBS)
        breaker->jobs[breaker->n_jobs++] = job;
}

bool breaker_failure(struct breaker *breaker, uint64_t job, unsigned weight, int64_t took_ms,
                     int64_t now_ms)
{
    if (breaker->open)
        return false;
    note_job(breaker, job);
    breaker->weight += weight;
    if (breaker->weight < BREAKER_WEIGHT || breaker->n_jobs < BREAKER_JOBS)
        return false;
    breaker_rest(breaker, took_ms, now_ms);
    return true;
}

void breaker_rest(struct breaker *breaker, int64_t took_ms, int64_t now_ms)
{
    int64_t rest_ms = REST_MOST_MS;
    if (took_ms < REST_MOST_MS / RESTS)
        rest_ms = took_ms * RESTS;
    breaker->open = true;
    breaker->until_ms = now_ms + (rest_ms > REST_LEAST_MS ? rest_ms : REST_LEAST_MS);
}
