/* SPDX-License-Identifier: ISC */
/*
 * sightings_log: see sightings_log.h. One record is on its way at a time; one that does not reach
 * the log is tried again.
 */
#include "moderation/sightings_log.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "control/control.h"
#include "core/hex.h"
#include "moderation/sightings.h"
#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/worker.h"

enum {
    IDLE_MS = 1000,
    BUSY_MS = 100, /* when more pairs wait than fit into a record */
    FAILED_MS = 5000,
};

struct sightings_log {
    struct sightings *sightings;
    struct control *control;
    struct worker *worker;
    struct control_listener seen, forgotten;
    struct control_waiter waiter;
    struct job job;
    /* Of the worker's thread, and of control's while a record is on its way. */
    struct sighting batch[SIGHTINGS_LOG_PAIRS];
    size_t n_batch;
    bool failed; /* said so */
    pthread_mutex_t lock;
    bool stopped; /* under the lock: the worker may be gone */
};

#define OF(member, pointer)                                                                        \
    ((struct sightings_log *)((char *)(pointer)-offsetof(struct sightings_log, member)))

/* ---- reading */

static const char *text_of(const cJSON *item)
{
    return cJSON_IsString(item) ? item->valuestring : "";
}

static void on_seen(struct control_listener *listener, const cJSON *record, uint64_t action)
{
    struct sightings_log *log = OF(seen, listener);
    const cJSON *at = cJSON_GetObjectItemCaseSensitive(record, "at");
    const cJSON *pairs = cJSON_GetObjectItemCaseSensitive(record, "pairs"), *pair;
    bool known = cJSON_IsNumber(at) && at->valuedouble >= 0 && at->valuedouble < 4e12;
    if (!known || !cJSON_IsArray(pairs))
        return;
    cJSON_ArrayForEach(pair, pairs)
    {
        uint64_t author, network;
        if (hex_to_u64(text_of(cJSON_GetArrayItem(pair, 0)), &author) &&
            hex_to_u64(text_of(cJSON_GetArrayItem(pair, 1)), &network))
            sightings_shared(log->sightings, author, network, (int64_t)at->valuedouble, action);
    }
}

static void on_forgotten(struct control_listener *listener, const cJSON *record, uint64_t action)
{
    struct sightings_log *log = OF(forgotten, listener);
    const char *name = text_of(cJSON_GetObjectItemCaseSensitive(record, "name"));
    uint64_t author;
    if (hex_to_u64(name[0] == 'A' ? name + 1 : name, &author))
        sightings_forget(log->sightings, author, action);
}

/* ---- sharing */

static cJSON *make_record(const struct sightings_log *log)
{
    cJSON *record = cJSON_CreateObject();
    cJSON *pairs = cJSON_AddArrayToObject(record, "pairs");
    for (size_t i = 0; pairs && i < log->n_batch; i++) {
        char author[HEX_U64_BYTES], network[HEX_U64_BYTES];
        hex_from_u64(author, log->batch[i].author);
        hex_from_u64(network, log->batch[i].network);
        const char *const texts[] = {author, network};
        cJSON_AddItemToArray(pairs, cJSON_CreateStringArray(texts, 2));
    }
    return record;
}

static void again(struct sightings_log *log, int64_t in_ms)
{
    pthread_mutex_lock(&log->lock);
    if (!log->stopped)
        worker_add(log->worker, &log->job, clock_now_ms() + in_ms);
    pthread_mutex_unlock(&log->lock);
}

static void on_failed(struct sightings_log *log, const char *error)
{
    if (!log->failed)
        diag_warn("networks that authors were seen in cannot be shared with other servers: %s",
                  error);
    log->failed = true;
    again(log, FAILED_MS);
}

/* From control's thread. */
static void on_appended(struct control_waiter *waiter, uint64_t action)
{
    struct sightings_log *log = OF(waiter, waiter);
    if (action == 0) {
        on_failed(log, "the control log did not take the record");
        return;
    }
    bool more = log->n_batch == SIGHTINGS_LOG_PAIRS;
    log->n_batch = 0;
    log->failed = false;
    again(log, more ? BUSY_MS : IDLE_MS);
}

static void run(struct job *job)
{
    static const struct control_actor actor = {.name = "server"};
    struct sightings_log *log = OF(job, job);
    char error[CONTROL_ERROR_BYTES];
    if (log->n_batch == 0)
        log->n_batch = sightings_take(log->sightings, log->batch, SIGHTINGS_LOG_PAIRS);
    if (log->n_batch == 0)
        again(log, IDLE_MS);
    else if (control_append(log->control, "seen", "*", make_record(log), &actor, &log->waiter,
                            error) != 0)
        on_failed(log, error);
}

struct sightings_log *sightings_log_create(struct sightings *sightings, struct control *control,
                                           struct worker *worker)
{
    struct sightings_log *log = calloc(1, sizeof *log);
    if (!log)
        return NULL;
    log->sightings = sightings;
    log->control = control;
    log->worker = worker;
    log->seen = (struct control_listener){.type = "seen", .record = on_seen};
    log->forgotten = (struct control_listener){.type = "forget", .record = on_forgotten};
    log->waiter.done = on_appended;
    log->job.run = run;
    pthread_mutex_init(&log->lock, NULL);
    control_listen(control, &log->seen);
    control_listen(control, &log->forgotten);
    again(log, IDLE_MS);
    return log;
}

void sightings_log_stop(struct sightings_log *log)
{
    if (!log)
        return;
    pthread_mutex_lock(&log->lock);
    log->stopped = true;
    pthread_mutex_unlock(&log->lock);
}

void sightings_log_destroy(struct sightings_log *log)
{
    if (!log)
        return;
    pthread_mutex_destroy(&log->lock);
    free(log);
}
