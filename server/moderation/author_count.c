/* SPDX-License-Identifier: ISC */
/* author_count: see author_count.h. */
#include "moderation/author_count.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/decimal.h"
#include "moderation/author_tally.h"
#include "sys/clock.h"

struct watcher {
    struct author_tally_watcher watcher;
    struct moderation_job *job;
};

/* A number of a body, or the text of one in a query. */
static bool read_number(const cJSON *request, const char *name, int64_t *number)
{
    const cJSON *field = cJSON_GetObjectItemCaseSensitive(request, name);
    const char *text = cJSON_GetStringValue(field);
    if (text)
        return decimal_parse_canonical(text, strlen(text), INT32_MIN, INT32_MAX, number);
    if (!cJSON_IsNumber(field) || field->valuedouble < INT32_MIN ||
        field->valuedouble > INT32_MAX || field->valuedouble != (int32_t)field->valuedouble)
        return false;
    *number = (int64_t)field->valuedouble;
    return true;
}

/* All of it is written as in a predicate, and read as one: 0, or 400 with a reason in error. */
unsigned author_count_read(const struct cJSON *request, struct predicate *predicate,
                           char error[MODERATION_ERROR_BYTES])
{
    int64_t x, y, w, h;
    char text[PREDICATE_BYTES], why[PREDICATE_ERROR_BYTES];
    const char *t = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(request, "t"));
    const cJSON *colours = cJSON_GetObjectItemCaseSensitive(request, "c");
    const char *c = cJSON_GetStringValue(colours);
    if (!read_number(request, "x", &x) || !read_number(request, "y", &y) ||
        !read_number(request, "w", &w) || !read_number(request, "h", &h)) {
        snprintf(error, MODERATION_ERROR_BYTES, "x, y, w, h: expected whole numbers");
        return 400;
    }
    if (!t || strchr(t, ' ') || strlen(t) > 64) {
        snprintf(error, MODERATION_ERROR_BYTES, "t: expected a duration such as 2h, or FROM-TO");
        return 400;
    }
    if (colours && (!c || strchr(c, ' ') || strlen(c) > 64)) {
        snprintf(error, MODERATION_ERROR_BYTES, "c: expected colours such as 5 or 5,12");
        return 400;
    }
    int len = snprintf(text, sizeof text,
                       "r:%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "%s%s t:%s", x, y, w, h,
                       c ? " c:" : "", c ? c : "", t);
    if (predicate_parse(predicate, text, (size_t)len, clock_wall_ms(), why) == 0)
        return 0;
    snprintf(error, MODERATION_ERROR_BYTES, "\"%.80s\": %s", text, why);
    return 400;
}

static unsigned check(const struct moderation_config *config, const struct cJSON *request,
                      void **work, char error[MODERATION_ERROR_BYTES])
{
    struct predicate predicate;
    unsigned status = author_count_read(request, &predicate, error);
    if (status != 0)
        return status;
    *work = malloc(sizeof predicate);
    if (!*work) {
        snprintf(error, MODERATION_ERROR_BYTES, "busy");
        return 503;
    }
    memcpy(*work, &predicate, sizeof predicate);
    return 0;
}

static void on_progress(struct author_tally_watcher *watcher, double done, double rate)
{
    job_progress(((struct watcher *)watcher)->job, done, rate);
}

static enum job_state run(struct moderation_job *job)
{
    char error[SCAN_ERROR_BYTES];
    cJSON *json = NULL;
    struct watcher watcher = {.watcher.progress = on_progress, .job = job};
    switch (author_tally(job->config, job->work, &job->cancel, &watcher.watcher, &json, error)) {
    case SCAN_OK:
        job_set_result(job, json);
        return JOB_DONE;
    case SCAN_STOPPED:
        return JOB_CANCELLED;
    case SCAN_FAILED:
        break;
    }
    return job_fail(job, 500, error);
}

const struct job_kind author_count_job = {"authors", check, run, free};
