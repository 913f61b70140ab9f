/* SPDX-License-Identifier: ISC */
/*
 * watch: see watch.h. The detectors belong to the worker's thread; what others ask for is made by
 * it, as text, once a second when something has changed.
 */
#include "moderation/watch.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "control/control.h"
#include "moderation/detectors.h"
#include "moderation/pulse.h"
#include "moderation/reports.h"
#include "moderation/rule_watch.h"
#include "moderation/sample_queue.h"
#include "moderation/sightings.h"
#include "moderation/sightings_log.h"
#include "moderation/suspect_json.h"
#include "moderation/suspect_log.h"
#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/worker.h"

enum {
    JOBS = 4,
    DELAY_MS = 2000, /* until other servers' sightings are there */
    DRAIN_MS = 250,
    TICK_MS = 1000,
    BATCH = 1024,
    KEEP_MS = 3600 * 1000, /* a finding that does not go on */
};

/* What has been set for a rule, and what is known of it. */
struct setting {
    enum rule_mode mode;
    uint32_t threshold;
    bool changed; /* the worker has not seen it */
    uint64_t found, now;
    int64_t last_ms;
};

struct watch {
    struct metrics *metrics;
    struct sightings *sightings;
    struct sightings_log *sightings_log;
    struct reports *reports;
    struct suspect_log *suspect_log;
    struct sample_queue *queue;
    struct pulse *pulse;
    struct worker *worker;
    struct job drain, tick;
    struct control_listener rule;
    /* Of the worker's thread. */
    struct rule_watch rules[DETECTORS];
    struct sighting author; /* the last one looked up */
    struct sample batch[BATCH];
    uint64_t counted_lost, counted[DETECTORS];
    /* Of all threads. */
    pthread_mutex_t lock;
    bool started; /* the worker is there */
    struct setting settings[DETECTORS];
    char *suspects; /* as JSON; NULL: none */
};

#define OF(member, pointer) ((struct watch *)((char *)(pointer)-offsetof(struct watch, member)))

/* ---- the rules that are set */

/* From control's thread. */
static void on_rule(struct control_listener *listener, const cJSON *record, uint64_t action)
{
    struct watch *watch = OF(rule, listener);
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(record, "name");
    const cJSON *mode = cJSON_GetObjectItemCaseSensitive(record, "mode");
    const cJSON *threshold = cJSON_GetObjectItemCaseSensitive(record, "threshold");
    int rule = cJSON_IsString(name) ? detectors_find(name->valuestring) : -1;
    struct setting setting = {.changed = true};
    if (rule < 0)
        return;
    bool gone = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(record, "gone"));
    if (!gone && !(cJSON_IsString(mode) && rule_mode_find(mode->valuestring, &setting.mode)))
        return;
    if (cJSON_IsNumber(threshold) && threshold->valuedouble >= 1 && threshold->valuedouble <= 1e9)
        setting.threshold = (uint32_t)threshold->valuedouble;
    else
        setting.threshold = detector_rules[rule].threshold;
    pthread_mutex_lock(&watch->lock);
    watch->settings[rule] = setting;
    pthread_mutex_unlock(&watch->lock);
}

static void apply_settings(struct watch *watch)
{
    bool any = false;
    for (int i = 0; i < DETECTORS; i++) {
        pthread_mutex_lock(&watch->lock);
        struct setting setting = watch->settings[i];
        watch->settings[i].changed = false;
        pthread_mutex_unlock(&watch->lock);
        if (setting.changed &&
            rule_watch_set(&watch->rules[i], setting.mode, setting.threshold) != 0)
            diag_error("rule %s: out of memory, it is off", detector_rules[i].name);
        any = any || watch->rules[i].mode != RULE_OFF;
    }
    sample_queue_take_all(watch->queue, any);
}

/* ---- the newest edits */

/* Complete a sample: the time as far as it is believed, and where its author is. */
static void complete(struct watch *watch, struct sample *sample, int64_t now_ms)
{
    if (sample->time_ms < 0 || sample->time_ms > now_ms)
        sample->time_ms = now_ms;
    if (watch->author.author != sample->author) {
        watch->author = (struct sighting){0};
        sightings_networks(watch->sightings, sample->author, &watch->author, 1);
        watch->author.author = sample->author;
    }
    sample->network = watch->author.network;
    sample->known_ms = watch->author.first_ms;
}

static void run_drain(struct job *job)
{
    struct watch *watch = OF(drain, job);
    int64_t now_ms = clock_wall_ms();
    apply_settings(watch);
    size_t n;
    while (!worker_stopping(watch->worker) &&
           (n = sample_queue_take(watch->queue, clock_now_ms() - DELAY_MS, watch->batch, BATCH))) {
        watch->author.author = 0; /* may have moved meanwhile */
        for (size_t i = 0; i < n; i++) {
            complete(watch, &watch->batch[i], now_ms);
            for (int rule = 0; rule < DETECTORS; rule++)
                rule_watch_take(&watch->rules[rule], &watch->batch[i]);
        }
        pulse_take(watch->pulse, watch->batch, n, now_ms);
    }
    int64_t oldest_ms = sample_queue_oldest(watch->queue);
    if (oldest_ms >= 0)
        worker_add(watch->worker, &watch->drain,
                   oldest_ms + DELAY_MS + 1 > clock_now_ms() + DRAIN_MS
                       ? oldest_ms + DELAY_MS + 1
                       : clock_now_ms() + DRAIN_MS);
}

/* From the reader's thread. */
static void on_filled(void *context)
{
    struct watch *watch = context;
    pthread_mutex_lock(&watch->lock);
    if (watch->started)
        worker_add(watch->worker, &watch->drain, clock_now_ms() + DELAY_MS + DRAIN_MS);
    pthread_mutex_unlock(&watch->lock);
}

/* ---- once a second */

static int newest_first(const void *a, const void *b)
{
    const struct suspect *left = *(struct suspect *const *)a, *right = *(struct suspect *const *)b;
    return (left->since_ms < right->since_ms) - (left->since_ms > right->since_ms);
}

/* What the rules that are on have found; how many. */
static size_t list_suspects(struct watch *watch, struct suspect *into[DETECTORS * SUSPECTS_MAX])
{
    size_t n = 0;
    struct suspect *suspect;
    for (int rule = 0; rule < DETECTORS; rule++) {
        struct rule_watch *rules = &watch->rules[rule];
        for (size_t i = 0; rules->mode == RULE_ON && (suspect = suspects_at(rules->suspects, i));
             i++)
            into[n++] = suspect;
    }
    qsort(into, n, sizeof *into, newest_first);
    return n;
}

static void render(struct watch *watch, struct suspect *const *list, size_t n)
{
    cJSON *json = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(json, suspect_json(list[i], watch->sightings));
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    pthread_mutex_lock(&watch->lock);
    char *old = watch->suspects;
    watch->suspects = text;
    pthread_mutex_unlock(&watch->lock);
    cJSON_free(old);
}

static void publish(struct watch *watch)
{
    _Atomic uint64_t *totals[DETECTORS] = {&watch->metrics->detections_net_rate_total,
                                           &watch->metrics->detections_net_identities_total,
                                           &watch->metrics->detections_shape_total};
    uint64_t lost = sample_queue_lost(watch->queue);
    metric_add(watch->metrics, watch_lost_total, lost - watch->counted_lost);
    watch->counted_lost = lost;
    for (int i = 0; i < DETECTORS; i++) {
        struct rule_watch *rule = &watch->rules[i];
        if (rule->found < watch->counted[i]) /* counts from 0 again */
            watch->counted[i] = 0;
        atomic_fetch_add_explicit(totals[i], rule->found - watch->counted[i], memory_order_relaxed);
        watch->counted[i] = rule->found;
        rule->changed = false;
        pthread_mutex_lock(&watch->lock);
        if (!watch->settings[i].changed) {
            watch->settings[i].found = rule->found;
            watch->settings[i].now = rule_watch_count(rule);
            watch->settings[i].last_ms = rule->last_ms;
        }
        pthread_mutex_unlock(&watch->lock);
    }
}

static void run_tick(struct job *job)
{
    struct watch *watch = OF(tick, job);
    static struct suspect *list[DETECTORS * SUSPECTS_MAX];
    int64_t now_ms = clock_wall_ms();
    bool changed = false;
    apply_settings(watch);
    pulse_tick(watch->pulse, now_ms);
    for (int i = 0; i < DETECTORS; i++) {
        rule_watch_expire(&watch->rules[i], now_ms - KEEP_MS);
        changed = changed || watch->rules[i].changed;
    }
    size_t n = list_suspects(watch, list);
    if (changed) {
        metric_set(watch->metrics, suspects, n);
        render(watch, list, n);
    }
    publish(watch);
    for (size_t i = 0; i < n && !worker_stopping(watch->worker); i++)
        if (now_ms - list[i]->last_ms < SUSPECT_GAP_MS)
            suspect_log_offer(watch->suspect_log, list[i], now_ms);
    worker_add(watch->worker, &watch->tick, clock_now_ms() + TICK_MS);
}

/* ---- the whole */

struct watch *watch_create(struct metrics *metrics)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->metrics = metrics;
    watch->drain.run = run_drain;
    watch->tick.run = run_tick;
    watch->rule = (struct control_listener){.type = "rule", .record = on_rule};
    pthread_mutex_init(&watch->lock, NULL);
    for (int i = 0; i < DETECTORS; i++) {
        rule_watch_init(&watch->rules[i], i);
        watch->settings[i].threshold = detector_rules[i].threshold;
    }
    watch->sightings = sightings_create();
    watch->queue = sample_queue_create((struct sample_queue_ops){on_filled, watch});
    watch->pulse = pulse_create(metrics);
    if (watch->sightings && watch->queue && watch->pulse)
        return watch;
    watch_destroy(watch);
    return NULL;
}

struct fold *watch_fold(struct watch *watch)
{
    return sample_queue_fold(watch->queue);
}

int watch_start(struct watch *watch, struct control *control)
{
    watch->worker = worker_create("watch", JOBS);
    if (!watch->worker)
        return -1;
    errno = ENOMEM;
    watch->sightings_log = sightings_log_create(watch->sightings, control, watch->worker);
    watch->suspect_log = suspect_log_create(control, watch->sightings);
    watch->reports = reports_create(control, watch->worker, watch->metrics);
    if (!watch->sightings_log || !watch->suspect_log || !watch->reports)
        return -1;
    control_listen(control, &watch->rule);
    control_replay(control);
    worker_add(watch->worker, &watch->tick, 0);
    worker_add(watch->worker, &watch->drain, 0);
    pthread_mutex_lock(&watch->lock);
    watch->started = true;
    pthread_mutex_unlock(&watch->lock);
    return 0;
}

void watch_stop(struct watch *watch)
{
    if (!watch)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->started = false;
    pthread_mutex_unlock(&watch->lock);
    sightings_log_stop(watch->sightings_log);
    reports_stop(watch->reports);
    worker_destroy(watch->worker);
    watch->worker = NULL;
}

void watch_destroy(struct watch *watch)
{
    if (!watch)
        return;
    watch_stop(watch);
    sightings_log_destroy(watch->sightings_log);
    suspect_log_destroy(watch->suspect_log);
    reports_destroy(watch->reports);
    for (int i = 0; i < DETECTORS; i++)
        rule_watch_finish(&watch->rules[i]);
    pulse_destroy(watch->pulse);
    sample_queue_destroy(watch->queue);
    sightings_destroy(watch->sightings);
    cJSON_free(watch->suspects);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

/* ---- what others ask for */

struct sightings *watch_sightings(struct watch *watch)
{
    return watch->sightings;
}

struct reports *watch_reports(struct watch *watch)
{
    return watch->reports;
}

void watch_taken(void *context, const struct visitor *visitor, int64_t now_ms)
{
    struct watch *watch = context;
    sightings_note(watch->sightings, visitor, now_ms);
}

struct cJSON *watch_suspects(struct watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    cJSON *json = watch->suspects ? cJSON_CreateRaw(watch->suspects) : cJSON_CreateArray();
    pthread_mutex_unlock(&watch->lock);
    return json;
}

struct cJSON *watch_rules(struct watch *watch)
{
    cJSON *json = cJSON_CreateArray();
    for (int i = 0; i < DETECTORS; i++) {
        pthread_mutex_lock(&watch->lock);
        struct setting setting = watch->settings[i];
        pthread_mutex_unlock(&watch->lock);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", detector_rules[i].name);
        cJSON_AddStringToObject(item, "unit", detector_rules[i].unit);
        cJSON_AddStringToObject(item, "mode", rule_mode_name(setting.mode));
        cJSON_AddNumberToObject(item, "threshold", setting.threshold);
        cJSON_AddNumberToObject(item, "found", (double)setting.found);
        cJSON_AddNumberToObject(item, "now", (double)setting.now);
        if (setting.last_ms != 0)
            cJSON_AddNumberToObject(item, "last", (double)setting.last_ms);
        cJSON_AddItemToArray(json, item);
    }
    return json;
}

struct cJSON *watch_top(struct watch *watch)
{
    return pulse_json(watch->pulse, clock_wall_ms());
}
