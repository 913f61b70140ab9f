/* SPDX-License-Identifier: ISC */
/*
 * suspect_log: see suspect_log.h. A server waits for some seconds, as many as chance says, and then
 * writes what no other one has written meanwhile.
 */
#include "moderation/suspect_log.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control/control.h"
#include "core/hex.h"
#include "moderation/detectors.h"
#include "moderation/suspect_json.h"
#include "moderation/suspects.h"
#include "sys/diag.h"

enum {
    AGAIN_MS = 3600 * 1000,
    SPREAD_MS = 4000,
    KNOWN = 512, /* the newest records that any server wrote */
};

struct written {
    char name[CONTROL_NAME];
    int64_t at_ms;
};

struct suspect_log {
    struct control *control;
    struct sightings *sightings;
    struct control_listener listener;
    unsigned seed;
    bool failed;          /* said so */
    pthread_mutex_t lock; /* of what follows */
    struct written written[KNOWN];
    size_t n_written; /* ever */
};

static void name_of(const struct suspect *suspect, char name[CONTROL_NAME])
{
    const char *rule = detector_rules[suspect->rule].name;
    if (suspect->network != 0)
        snprintf(name, CONTROL_NAME, "%s:%016" PRIx64, rule, suspect->network);
    else
        snprintf(name, CONTROL_NAME, "%s:%d,%d", rule, suspect->x, suspect->y);
}

/* From control's thread. */
static void on_record(struct control_listener *listener, const cJSON *record, uint64_t action)
{
    struct suspect_log *log =
        (struct suspect_log *)((char *)listener - offsetof(struct suspect_log, listener));
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(record, "name");
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(record, "at");
    if (!cJSON_IsString(name) || !cJSON_IsNumber(at))
        return;
    pthread_mutex_lock(&log->lock);
    struct written *written = &log->written[log->n_written++ % KNOWN];
    snprintf(written->name, sizeof written->name, "%s", name->valuestring);
    written->at_ms = (int64_t)at->valuedouble;
    pthread_mutex_unlock(&log->lock);
}

struct suspect_log *suspect_log_create(struct control *control, struct sightings *sightings)
{
    struct suspect_log *log = calloc(1, sizeof *log);
    if (!log)
        return NULL;
    log->control = control;
    log->sightings = sightings;
    log->listener = (struct control_listener){.type = "suspect", .record = on_record};
    log->seed = (unsigned)(uintptr_t)log ^ (unsigned)clock();
    pthread_mutex_init(&log->lock, NULL);
    control_listen(control, &log->listener);
    return log;
}

void suspect_log_destroy(struct suspect_log *log)
{
    if (!log)
        return;
    pthread_mutex_destroy(&log->lock);
    free(log);
}

static bool is_written(struct suspect_log *log, const char *name, int64_t now_ms)
{
    bool found = false;
    pthread_mutex_lock(&log->lock);
    size_t n = log->n_written < KNOWN ? log->n_written : KNOWN;
    for (size_t i = 0; i < n && !found; i++)
        found =
            strcmp(log->written[i].name, name) == 0 && now_ms - log->written[i].at_ms < AGAIN_MS;
    pthread_mutex_unlock(&log->lock);
    return found;
}

void suspect_log_offer(struct suspect_log *log, struct suspect *suspect, int64_t now_ms)
{
    static const struct control_actor actor = {.name = "server", .why = "found by a rule"};
    char name[CONTROL_NAME], error[CONTROL_ERROR_BYTES];
    if (suspect->due_ms == 0)
        suspect->due_ms = now_ms + rand_r(&log->seed) % SPREAD_MS;
    if (now_ms < suspect->due_ms)
        return;
    suspect->due_ms = now_ms + AGAIN_MS;
    name_of(suspect, name);
    if (is_written(log, name, now_ms))
        return;
    if (control_append(log->control, "suspect", name, suspect_json(suspect, log->sightings), &actor,
                       NULL, error) == 0) {
        log->failed = false;
        return;
    }
    if (!log->failed)
        diag_warn("what a rule has found cannot be written down: %s", error);
    log->failed = true;
    suspect->due_ms = now_ms + SPREAD_MS;
}
