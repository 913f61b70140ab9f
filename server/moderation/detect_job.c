/* SPDX-License-Identifier: ISC */
/* detect_job: see detect_job.h. */
#include "moderation/detect_job.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "moderation/detect.h"
#include "moderation/detectors.h"
#include "sys/clock.h"

#define TIME_MAX ((double)(INT64_C(1) << 52))

enum { THRESHOLD_MAX = 1000000000 };

struct progress {
    struct detect_progress progress;
    struct moderation_job *job;
    int64_t began_ms;
};

static bool read_whole(const cJSON *request, const char *name, double min, double max,
                       int64_t *value)
{
    const cJSON *field = cJSON_GetObjectItemCaseSensitive(request, name);
    if (!cJSON_IsNumber(field) || !(field->valuedouble >= min && field->valuedouble <= max))
        return false;
    *value = (int64_t)field->valuedouble;
    return (double)*value == field->valuedouble;
}

static unsigned wrong(char error[MODERATION_ERROR_BYTES], const char *what)
{
    snprintf(error, MODERATION_ERROR_BYTES, "%s", what);
    return 400;
}

static unsigned check(const struct moderation_config *config, const cJSON *request, void **work,
                      char error[MODERATION_ERROR_BYTES])
{
    struct detect_request detect = {0};
    int64_t threshold = 0;
    const char *rule = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(request, "rule"));
    detect.rule = rule ? detectors_find(rule) : -1;
    if (detect.rule < 0)
        return wrong(error, "rule: expected one that GET rules shows");
    if (!read_whole(request, "from", 0, TIME_MAX, &detect.from_ms))
        return wrong(error, "from: expected a time, milliseconds since 1970");
    if (!read_whole(request, "to", 0, TIME_MAX, &detect.to_ms) || detect.to_ms < detect.from_ms)
        return wrong(error, "to: expected a time, milliseconds since 1970, not before from");
    if (cJSON_HasObjectItem(request, "threshold") &&
        !read_whole(request, "threshold", 1, THRESHOLD_MAX, &threshold))
        return wrong(error, "threshold: expected a whole number from 1 to 1000000000");
    if (!config->sightings)
        return wrong(error, "this server does not know who was seen where");
    struct detect_request *kept = malloc(sizeof *kept);
    if (!kept) {
        wrong(error, "busy");
        return 503;
    }
    detect.threshold = (uint32_t)threshold;
    *kept = detect;
    *work = kept;
    return 0;
}

static bool go_on(struct detect_progress *detect_progress, double done, uint64_t edits)
{
    struct progress *progress = (struct progress *)detect_progress;
    int64_t ms = clock_now_ms() - progress->began_ms;
    job_progress(progress->job, done, ms > 0 ? (double)edits * 1000 / (double)ms : 0);
    return !job_stops(progress->job);
}

static enum job_state run(struct moderation_job *job)
{
    struct progress progress = {
        .progress = {.go_on = go_on}, .job = job, .began_ms = clock_now_ms()};
    char error[DETECT_ERROR_BYTES];
    cJSON *result =
        detect_run(job->config->log, job->config->sightings, job->work, &progress.progress, error);
    if (result) {
        job_set_result(job, result);
        return JOB_DONE;
    }
    return job_stops(job) ? JOB_CANCELLED : job_fail(job, 0, error);
}

const struct job_kind detect_job = {.name = "detect", .check = check, .run = run, .drop = free};
