/* SPDX-License-Identifier: ISC */
/*
 * job: one job over the log, as others see it, and what its own code says of itself while it runs.
 */
#ifndef PLACED_MODERATION_JOB_H
#define PLACED_MODERATION_JOB_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control.h"
#include "moderation/moderation_config.h"
#include "sys/metrics.h"

struct cJSON;
struct job_kind;

enum job_state {
    JOB_RUNNING, /* or waits for its turn */
    JOB_DONE,
    JOB_FAILED,
    JOB_CANCELLED,
};

struct moderation_job {
    uint64_t number;
    const struct job_kind *kind;
    void *work; /* of its kind */
    struct control_actor actor;
    const struct moderation_config *config;
    struct metrics *metrics;
    volatile int cancel; /* by somebody who may */
    volatile int quit;   /* the server ends; then cancel is set, too */

    pthread_mutex_t lock; /* of what follows */
    enum job_state state;
    double done; /* 0 to 1 */
    double rate; /* records or edits a second */
    uint64_t action;
    unsigned status; /* of an answer, when it failed; 0: 500 */
    char error[MODERATION_ERROR_BYTES];
    struct cJSON *result; /* NULL: none */
    uint8_t *preview;     /* NULL: none */
    size_t preview_len;
};

/* A kind of job: a row in moderation.c. */
struct job_kind {
    const char *name;
    /* Check the request; what the job needs of it goes into *work. 0, or the status of an answer
     * with a reason in error. Any thread, quick. */
    unsigned (*check)(const struct moderation_config *config, const struct cJSON *request,
                      void **work, char error[MODERATION_ERROR_BYTES]);
    /* Do it, on the jobs' thread: asks job_stops now and then. How it ended; when it failed,
     * job_fail was called. */
    enum job_state (*run)(struct moderation_job *job);
    /* Release the work, after run or without. */
    void (*drop)(void *work);
};

/* Is it to end soon? */
bool job_stops(const struct moderation_job *job);

/* ---- the job's own thread ---- */

void job_progress(struct moderation_job *job, double done, double rate);
void job_set_action(struct moderation_job *job, uint64_t action);
void job_set_result(struct moderation_job *job, struct cJSON *result);      /* takes it over */
void job_set_preview(struct moderation_job *job, uint8_t *png, size_t len); /* takes it over */

/* Says why it failed; status: of an answer (409: the plan is no longer good). */
enum job_state job_fail(struct moderation_job *job, unsigned status, const char *why);

/* ---- any thread ---- */

/* As GET job shows it; the caller's. NULL when out of memory. */
struct cJSON *job_describe(struct moderation_job *job);

bool job_has_preview(struct moderation_job *job);

/* A copy, for free(). NULL: there is none. */
uint8_t *job_preview(struct moderation_job *job, size_t *len);

/* ---- its life ---- */

/* Takes over work. NULL when out of memory: then the work was dropped. */
struct moderation_job *job_create(const struct job_kind *kind, void *work,
                                  const struct moderation_config *config,
                                  const struct control_actor *actor, struct metrics *metrics);
void job_finish(struct moderation_job *job, enum job_state state); /* drops its work */
void job_destroy(struct moderation_job *job);                      /* NULL is fine */

#endif
