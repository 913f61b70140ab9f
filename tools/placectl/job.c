/* SPDX-License-Identifier: ISC */
/*
 * job: see job.h. A job belongs to the server, not to this program: whoever loses the connection
 * finds it by `status`, and who presses Ctrl-C is told what was done until it ended.
 */
#include "job.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/fetch.h"
#include "common/progress.h"
#include "common/stop.h"
#include "common/text.h"
#include "sys/clock.h"

enum {
    SOON_MS = 50, /* most jobs are short: looked at often at first, */
    LATER_MS = 500,
    CANCEL_MS = 15000, /* how long a cancelled job is waited for */
    WHOLE = 1000000,   /* of the progress */
};

static cJSON *look(struct ctl *ctl, uint64_t job)
{
    char request[64];
    snprintf(request, sizeof request, "job?job=%" PRIu64, job);
    return ctl_get(ctl, request);
}

static bool is_state(const cJSON *job, const char *state)
{
    return strcmp(ctl_text(job, "state"), state) == 0;
}

/* How far it is, of WHOLE. */
static uint64_t done_of(const cJSON *job)
{
    const cJSON *done = cJSON_GetObjectItemCaseSensitive(job, "done");
    double part = cJSON_IsNumber(done) ? done->valuedouble : 0;
    return part >= 1 ? WHOLE : part > 0 ? (uint64_t)(part * WHOLE) : 0;
}

/* It was cancelled, or it failed: say what was done nevertheless. NULL. */
static cJSON *tell_unfinished(struct ctl *ctl, cJSON *job, const char *verb)
{
    const cJSON *result = cJSON_GetObjectItemCaseSensitive(job, "result");
    const char *error = ctl_text(job, "error");
    char pixels[TEXT_BYTES];
    text_count(pixels, ctl_number(result, "repaired"));
    uint64_t status = ctl_number(job, "status"), action = ctl_number(job, "action");
    ctl->status =
        ctl_fail(ctl, "job %" PRIu64 " %s%s%s: %.1f %% was %s, %s pixels", ctl_number(job, "job"),
                 is_state(job, "cancelled") ? "was cancelled" : "failed", *error ? ": " : "", error,
                 (double)done_of(job) / (WHOLE / 100), verb, pixels);
    if (status == 401 || status == 403 || status == 409)
        ctl->status = EXIT_REFUSED;
    if (action > 0)
        ctl_fail(ctl,
                 "what was done is action %" PRIu64 ": placectl undo %" PRIu64 " takes it back",
                 action, action);
    cJSON_Delete(job);
    return NULL;
}

/* Ctrl-C: ask the server to end it, and wait until it has ended. */
static cJSON *cancel(struct ctl *ctl, uint64_t job)
{
    int64_t until = clock_now_ms() + CANCEL_MS;
    fetch_heed_stop(ctl->fetch, false);
    cJSON *found = look(ctl, job);
    if (found && is_state(found, "running"))
        cJSON_Delete(ctl_post(ctl, "cancel", cJSON_CreateObject()));
    while (found && is_state(found, "running") && clock_now_ms() < until) {
        cJSON_Delete(found);
        clock_pause_ms(SOON_MS);
        found = look(ctl, job);
    }
    return found;
}

struct cJSON *job_follow(struct ctl *ctl, struct cJSON *answer, const char *verb)
{
    uint64_t job = ctl_number(answer, "job");
    struct progress progress;
    if (!answer)
        return NULL;
    cJSON_Delete(answer);
    if (job == 0) {
        ctl->status = ctl_fail(ctl, "expected the number of a job, got none");
        return NULL;
    }
    progress_begin(&progress, verb, NULL, ctl->quiet, 0);
    int64_t pause = SOON_MS;
    cJSON *found = look(ctl, job);
    while (found && is_state(found, "running") && !stop_asked()) {
        progress_show(&progress, 0, done_of(found), WHOLE);
        clock_pause_ms(pause);
        pause = pause * 2 < LATER_MS ? pause * 2 : LATER_MS;
        cJSON_Delete(found);
        found = stop_asked() ? NULL : look(ctl, job);
    }
    progress_end(&progress);
    if (stop_asked()) {
        cJSON_Delete(found);
        found = cancel(ctl, job);
    }
    if (!found || is_state(found, "done"))
        return found;
    if (is_state(found, "running")) {
        ctl->status = ctl_fail(ctl, "job %" PRIu64 " has not ended yet: see placectl status", job);
        cJSON_Delete(found);
        return NULL;
    }
    return tell_unfinished(ctl, found, verb);
}
