/* SPDX-License-Identifier: ISC */
/*
 * reports: see reports.h. What is open is kept by its id, which says cell and reason; a job writes
 * what has changed, each report at most once in five seconds.
 */
#include "moderation/reports.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control.h"
#include "moderation/suspects.h"
#include "moderation/window_counts.h"
#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/worker.h"

enum {
    WRITE_MS = 5000, /* between two records of one report */
    SOON_MS = 100,
    AT_ONCE = 20, /* records a run of the job; the others wait for the next */
    NEXT_MS = 1000,
    KEYS = 65536, /* of authors and networks who are counted */
    STEP_MS = 60 * 1000,
};

const char *const report_reasons[REPORT_REASONS] = {
    [REPORT_HATE] = "hate",         [REPORT_SEXUAL] = "sexual", [REPORT_SPAM] = "spam",
    [REPORT_PERSONAL] = "personal", [REPORT_OTHER] = "other",
};

struct open {
    char id[REPORT_ID];
    struct report report;
    uint32_t count;
    int64_t first_ms, last_ms;
    bool changed;       /* since it was last written */
    int64_t written_ms; /* by clock_now_ms; 0: never */
};

struct reports {
    struct control *control;
    struct worker *worker;
    struct metrics *metrics;
    struct control_listener report, close;
    struct job job;
    bool failed;          /* said so; of the worker's thread */
    pthread_mutex_t lock; /* of what follows */
    bool stopped;
    struct open open[REPORTS_OPEN];
    size_t n;
    struct window_counts *people; /* reports by author, by network, and by author and report */
};

#define OF(member, pointer) ((struct reports *)((char *)(pointer)-offsetof(struct reports, member)))

static int32_t cell_begin(int32_t pixel)
{
    int32_t cell = pixel / SUSPECT_CELL - (pixel % SUSPECT_CELL < 0);
    return cell * SUSPECT_CELL;
}

static struct open *find(struct reports *reports, const char *id)
{
    for (size_t i = 0; i < reports->n; i++)
        if (strcmp(reports->open[i].id, id) == 0)
            return &reports->open[i];
    return NULL;
}

static void remove_open(struct reports *reports, const char *id)
{
    struct open *open = find(reports, id);
    if (open)
        *open = reports->open[--reports->n];
    metric_set(reports->metrics, reports_open, reports->n);
}

/* ---- what the control log says. From control's thread */

static bool number_of(const cJSON *record, const char *name, double min, double max, double *number)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(record, name);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= min && item->valuedouble <= max))
        return false;
    *number = item->valuedouble;
    return true;
}

static const char *text_of(const cJSON *record, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(record, name);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static bool read_record(const cJSON *record, struct open *open)
{
    double x, y, w, h, count, first, last;
    const char *id = text_of(record, "name"), *reason = text_of(record, "reason");
    if (!number_of(record, "x", -1e7, 1e7, &x) || !number_of(record, "y", -1e7, 1e7, &y) ||
        !number_of(record, "w", 1, REPORT_SIDE_MAX, &w) ||
        !number_of(record, "h", 1, REPORT_SIDE_MAX, &h) ||
        !number_of(record, "count", 1, 4e9, &count) ||
        !number_of(record, "first", 0, 4e12, &first) ||
        !number_of(record, "last", 0, 4e12, &last) || strlen(id) >= REPORT_ID)
        return false;
    *open = (struct open){.report = {(int32_t)x, (int32_t)y, (uint32_t)w, (uint32_t)h, 0},
                          .count = (uint32_t)count,
                          .first_ms = (int64_t)first,
                          .last_ms = (int64_t)last};
    memcpy(open->id, id, strlen(id) + 1);
    for (int i = 0; i < REPORT_REASONS; i++) {
        if (strcmp(report_reasons[i], reason) == 0) {
            open->report.reason = (enum report_reason)i;
            return true;
        }
    }
    return false;
}

static void on_report(struct control_listener *listener, const cJSON *record, uint64_t action)
{
    struct reports *reports = OF(report, listener);
    struct open read;
    bool gone = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(record, "gone"));
    pthread_mutex_lock(&reports->lock);
    if (gone) {
        remove_open(reports, text_of(record, "name"));
    } else if (read_record(record, &read)) {
        struct open *open = find(reports, read.id);
        if (!open && reports->n < REPORTS_OPEN) {
            open = &reports->open[reports->n++];
            *open = read;
        } else if (open && open->count < read.count) {
            open->count = read.count;
        }
        if (open && open->last_ms < read.last_ms)
            open->last_ms = read.last_ms;
    }
    metric_set(reports->metrics, reports_open, reports->n);
    pthread_mutex_unlock(&reports->lock);
}

static void on_close(struct control_listener *listener, const cJSON *record, uint64_t action)
{
    struct reports *reports = OF(close, listener);
    pthread_mutex_lock(&reports->lock);
    remove_open(reports, text_of(record, "name"));
    pthread_mutex_unlock(&reports->lock);
}

/* ---- writing */

static cJSON *make_record(const struct open *open)
{
    cJSON *record = cJSON_CreateObject();
    cJSON_AddNumberToObject(record, "x", open->report.x);
    cJSON_AddNumberToObject(record, "y", open->report.y);
    cJSON_AddNumberToObject(record, "w", open->report.w);
    cJSON_AddNumberToObject(record, "h", open->report.h);
    cJSON_AddStringToObject(record, "reason", report_reasons[open->report.reason]);
    cJSON_AddNumberToObject(record, "count", open->count);
    cJSON_AddNumberToObject(record, "first", (double)open->first_ms);
    cJSON_AddNumberToObject(record, "last", (double)open->last_ms);
    return record;
}

/* One that is to be written now, as it is; false: there is none, and *due_ms is when there will be,
 * or 0. */
static bool take_changed(struct reports *reports, int64_t now_ms, struct open *taken,
                         int64_t *due_ms)
{
    bool found = false;
    *due_ms = 0;
    pthread_mutex_lock(&reports->lock);
    for (size_t i = 0; i < reports->n && !found; i++) {
        struct open *open = &reports->open[i];
        int64_t at_ms = open->written_ms ? open->written_ms + WRITE_MS : now_ms;
        if (!open->changed)
            continue;
        found = at_ms <= now_ms;
        if (found) {
            open->changed = false;
            open->written_ms = now_ms;
            *taken = *open;
        } else if (*due_ms == 0 || at_ms < *due_ms) {
            *due_ms = at_ms;
        }
    }
    pthread_mutex_unlock(&reports->lock);
    return found;
}

static void give_back(struct reports *reports, const char *id, const char *error)
{
    if (!reports->failed)
        diag_warn("reports cannot be written down: %s", error);
    reports->failed = true;
    pthread_mutex_lock(&reports->lock);
    struct open *open = find(reports, id);
    if (open)
        open->changed = true;
    pthread_mutex_unlock(&reports->lock);
}

static void run_at(struct reports *reports, int64_t at_ms)
{
    pthread_mutex_lock(&reports->lock);
    if (!reports->stopped)
        worker_add(reports->worker, &reports->job, at_ms);
    pthread_mutex_unlock(&reports->lock);
}

static void run(struct job *job)
{
    static const struct control_actor actor = {.name = "visitors"};
    struct reports *reports = OF(job, job);
    struct open taken;
    char error[CONTROL_ERROR_BYTES];
    int64_t now_ms = clock_now_ms(), due_ms = now_ms + NEXT_MS;
    for (int i = 0; i < AT_ONCE && take_changed(reports, now_ms, &taken, &due_ms); i++) {
        due_ms = now_ms + NEXT_MS;
        if (control_append(reports->control, "report", taken.id, make_record(&taken), &actor, NULL,
                           error) != 0) {
            give_back(reports, taken.id, error);
            due_ms = now_ms + WRITE_MS;
            break;
        }
        reports->failed = false;
    }
    if (due_ms != 0)
        run_at(reports, due_ms);
}

/* ---- the whole */

struct reports *reports_create(struct control *control, struct worker *worker,
                               struct metrics *metrics)
{
    struct reports *reports = calloc(1, sizeof *reports);
    if (!reports)
        return NULL;
    reports->control = control;
    reports->worker = worker;
    reports->metrics = metrics;
    reports->job.run = run;
    reports->report = (struct control_listener){.type = "report", .record = on_report};
    reports->close = (struct control_listener){.type = "report-close", .record = on_close};
    pthread_mutex_init(&reports->lock, NULL);
    reports->people = window_counts_create(KEYS, STEP_MS);
    if (!reports->people) {
        reports_destroy(reports);
        return NULL;
    }
    control_listen(control, &reports->report);
    control_listen(control, &reports->close);
    return reports;
}

void reports_stop(struct reports *reports)
{
    if (!reports)
        return;
    pthread_mutex_lock(&reports->lock);
    reports->stopped = true;
    pthread_mutex_unlock(&reports->lock);
}

void reports_destroy(struct reports *reports)
{
    if (!reports)
        return;
    window_counts_destroy(reports->people);
    pthread_mutex_destroy(&reports->lock);
    free(reports);
}

/* ---- taking them */

static uint64_t hash_id(const char *id)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (; *id; id++)
        hash = (hash ^ (unsigned char)*id) * UINT64_C(0x100000001b3);
    return hash;
}

/* Has this visitor reported this already, or too much? Lock held. */
static enum report_result check(struct reports *reports, const char *id,
                                const struct visitor *visitor, int64_t now_ms, bool *again)
{
    uint64_t network = visitor->networks[VISITOR_NETWORK_NARROW];
    uint64_t this_one = (visitor->author ^ hash_id(id)) | 1;
    *again = window_counts_add(reports->people, this_one, now_ms, 1) > 1;
    if (*again)
        return REPORT_TAKEN;
    if (window_counts_add(reports->people, visitor->author, now_ms, 1) > REPORTS_PER_AUTHOR ||
        (network != 0 &&
         window_counts_add(reports->people, network, now_ms, 1) > REPORTS_PER_NETWORK))
        return REPORT_TOO_OFTEN;
    return REPORT_TAKEN;
}

static struct open *take_report(struct reports *reports, const struct report *report,
                                const char *id, bool again, int64_t now_ms)
{
    struct open *open = find(reports, id);
    if (!open && reports->n == REPORTS_OPEN)
        return NULL;
    if (!open) {
        open = &reports->open[reports->n++];
        *open = (struct open){.report = *report, .first_ms = now_ms, .last_ms = now_ms};
        snprintf(open->id, sizeof open->id, "%s", id);
        metric_set(reports->metrics, reports_open, reports->n);
        again = false; /* it was closed since */
    }
    if (!again) {
        open->count++;
        open->last_ms = now_ms;
        open->changed = true;
    }
    return open;
}

enum report_result reports_add(struct reports *reports, const struct report *report,
                               const struct visitor *visitor, int64_t now_ms, char id[REPORT_ID],
                               uint32_t *count)
{
    snprintf(id, REPORT_ID, "%s.%d.%d", report_reasons[report->reason], cell_begin(report->x),
             cell_begin(report->y));
    bool again;
    pthread_mutex_lock(&reports->lock);
    enum report_result result = check(reports, id, visitor, now_ms, &again);
    if (result == REPORT_TAKEN) {
        struct open *open = take_report(reports, report, id, again, now_ms);
        *count = open ? open->count : 0;
        result = open ? REPORT_TAKEN : REPORT_FULL;
    }
    if (result == REPORT_TAKEN)
        metric_add(reports->metrics, reports_total, 1);
    else
        metric_add(reports->metrics, reports_refused_total, 1);
    if (result == REPORT_TAKEN && !reports->stopped)
        worker_add(reports->worker, &reports->job, clock_now_ms() + SOON_MS);
    pthread_mutex_unlock(&reports->lock);
    return result;
}

size_t reports_open(struct reports *reports)
{
    pthread_mutex_lock(&reports->lock);
    size_t n = reports->n;
    pthread_mutex_unlock(&reports->lock);
    return n;
}
