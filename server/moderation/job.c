/* SPDX-License-Identifier: ISC */
/* job: see job.h. */
#include "moderation/job.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool job_stops(const struct moderation_job *job)
{
    return __atomic_load_n(&job->cancel, __ATOMIC_RELAXED);
}

void job_progress(struct moderation_job *job, double done, double rate)
{
    pthread_mutex_lock(&job->lock);
    job->done = done < 1 ? done : 1;
    job->rate = rate;
    pthread_mutex_unlock(&job->lock);
}

void job_set_action(struct moderation_job *job, uint64_t action)
{
    pthread_mutex_lock(&job->lock);
    job->action = action;
    pthread_mutex_unlock(&job->lock);
}

void job_set_result(struct moderation_job *job, struct cJSON *result)
{
    pthread_mutex_lock(&job->lock);
    cJSON *before = job->result;
    job->result = result;
    pthread_mutex_unlock(&job->lock);
    cJSON_Delete(before);
}

void job_set_preview(struct moderation_job *job, uint8_t *png, size_t len)
{
    pthread_mutex_lock(&job->lock);
    uint8_t *before = job->preview;
    job->preview = png;
    job->preview_len = len;
    pthread_mutex_unlock(&job->lock);
    free(before);
}

enum job_state job_fail(struct moderation_job *job, unsigned status, const char *why)
{
    pthread_mutex_lock(&job->lock);
    job->status = status;
    snprintf(job->error, sizeof job->error, "%.*s", MODERATION_ERROR_BYTES - 1, why);
    pthread_mutex_unlock(&job->lock);
    return JOB_FAILED;
}

static const char *state_name(enum job_state state)
{
    switch (state) {
    case JOB_RUNNING:
        return "running";
    case JOB_DONE:
        return "done";
    case JOB_FAILED:
        return "failed";
    case JOB_CANCELLED:
        break;
    }
    return "cancelled";
}

struct cJSON *job_describe(struct moderation_job *job)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "job", (double)job->number);
    cJSON_AddStringToObject(json, "kind", job->kind->name);
    cJSON_AddStringToObject(json, "by", job->actor.name);
    pthread_mutex_lock(&job->lock);
    cJSON_AddStringToObject(json, "state", state_name(job->state));
    cJSON_AddNumberToObject(json, "done", job->done);
    cJSON_AddNumberToObject(json, "rate", (double)(uint64_t)job->rate);
    if (job->action != 0)
        cJSON_AddNumberToObject(json, "action", (double)job->action);
    if (job->result)
        cJSON_AddItemToObject(json, "result", cJSON_Duplicate(job->result, true));
    if (job->state == JOB_FAILED) {
        cJSON_AddStringToObject(json, "error", job->error);
        cJSON_AddNumberToObject(json, "status", job->status ? job->status : 500);
    }
    pthread_mutex_unlock(&job->lock);
    return json;
}

bool job_has_preview(struct moderation_job *job)
{
    pthread_mutex_lock(&job->lock);
    bool has = job->preview != NULL;
    pthread_mutex_unlock(&job->lock);
    return has;
}

uint8_t *job_preview(struct moderation_job *job, size_t *len)
{
    uint8_t *copy = NULL;
    pthread_mutex_lock(&job->lock);
    if (job->preview)
        copy = malloc(job->preview_len);
    if (copy) {
        memcpy(copy, job->preview, job->preview_len);
        *len = job->preview_len;
    }
    pthread_mutex_unlock(&job->lock);
    return copy;
}

struct moderation_job *job_create(const struct job_kind *kind, void *work,
                                  const struct moderation_config *config,
                                  const struct control_actor *actor, struct metrics *metrics)
{
    struct moderation_job *job = calloc(1, sizeof *job);
    if (!job) {
        kind->drop(work);
        return NULL;
    }
    job->kind = kind;
    job->work = work;
    job->config = config;
    job->actor = *actor;
    job->metrics = metrics;
    pthread_mutex_init(&job->lock, NULL);
    return job;
}

void job_finish(struct moderation_job *job, enum job_state state)
{
    job->kind->drop(job->work);
    job->work = NULL;
    pthread_mutex_lock(&job->lock);
    job->state = state;
    if (state == JOB_DONE)
        job->done = 1;
    pthread_mutex_unlock(&job->lock);
}

void job_destroy(struct moderation_job *job)
{
    if (!job)
        return;
    if (job->work)
        job->kind->drop(job->work);
    cJSON_Delete(job->result);
    free(job->preview);
    pthread_mutex_destroy(&job->lock);
    free(job);
}
