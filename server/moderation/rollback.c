/* SPDX-License-Identifier: ISC */
/*
 * rollback: one scan makes the plan. A plan that is applied is made again at its version, which
 * gives the same repairs, or is no longer good; the same scan then goes on and sees what others
 * have painted since.
 */
#include "moderation/rollback.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hex.h"
#include "identity/identity.h"
#include "moderation/action.h"
#include "moderation/plan.h"
#include "moderation/plan_people.h"
#include "moderation/preview.h"
#include "moderation/repair.h"
#include "moderation/scan.h"
#include "sys/clock.h"

enum {
    PROGRESS_RECORDS = 4096, /* between two reports */
    RATE_MAX = 10 * 1000 * 1000,
    DIGEST_HEX = 2 * PLAN_DIGEST_BYTES,
};

#define VERSION_MAX ((double)(INT64_C(1) << 53))

/* What a job of these kinds is asked to do. */
struct work {
    struct predicate predicate;
    bool has_version;
    uint64_t version;
    char digest[DIGEST_HEX + 1]; /* "": any */
    uint32_t rate;
    const char *kind; /* of the action; NULL: none is made */
};

/* A job while it runs. */
struct run {
    struct scan_sink sink;
    struct moderation_job *job;
    const struct work *work;
    struct plan plan;
    struct scan scan;
    struct repair_progress progress;
    int64_t began_ms;
    uint64_t n_records;
    uint64_t first; /* of the tries that are taken back; 0: none is */
};

/* ---- checking requests ---- */

static unsigned refuse(char error[MODERATION_ERROR_BYTES], const char *why)
{
    snprintf(error, MODERATION_ERROR_BYTES, "%s", why);
    return 400;
}

static const cJSON *member(const cJSON *json, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(json, name);
}

static bool is_whole(const cJSON *number, double min, double max)
{
    return cJSON_IsNumber(number) && number->valuedouble >= min && number->valuedouble <= max &&
           number->valuedouble == (double)(int64_t)number->valuedouble;
}

static unsigned read_predicate(struct work *work, const cJSON *json,
                               char error[MODERATION_ERROR_BYTES])
{
    char why[PREDICATE_ERROR_BYTES];
    const char *text = cJSON_GetStringValue(member(json, "predicate"));
    if (!text)
        return refuse(error, "predicate: expected a text");
    if (predicate_parse(&work->predicate, text, strlen(text), clock_wall_ms(), why) == 0)
        return 0;
    snprintf(error, MODERATION_ERROR_BYTES, "predicate: %s", why);
    return 400;
}

static unsigned read_rate(struct work *work, const cJSON *json, char error[MODERATION_ERROR_BYTES])
{
    const cJSON *rate = member(json, "rate");
    if (!rate || cJSON_IsNull(rate))
        return 0;
    if (!is_whole(rate, 1, RATE_MAX))
        return refuse(error, "rate: expected a whole number of edits a second, from 1 on");
    work->rate = (uint32_t)rate->valuedouble;
    return 0;
}

/* The rest of a plan beside its predicate. */
static unsigned read_plan(struct work *work, const cJSON *plan, char error[MODERATION_ERROR_BYTES])
{
    const cJSON *version = member(plan, "version");
    const char *digest = cJSON_GetStringValue(member(plan, "digest"));
    if (!cJSON_IsObject(plan))
        return refuse(error, "plan: expected an object of predicate, version and digest");
    if (!is_whole(version, 0, VERSION_MAX))
        return refuse(error, "plan: version: expected a whole number");
    if (!digest || strlen(digest) != DIGEST_HEX || strspn(digest, "0123456789abcdef") != DIGEST_HEX)
        return refuse(error, "plan: digest: expected 64 small hex digits");
    work->has_version = true;
    work->version = (uint64_t)version->valuedouble;
    memcpy(work->digest, digest, sizeof work->digest);
    return 0;
}

static unsigned begin(struct work **work, const char *kind, char error[MODERATION_ERROR_BYTES])
{
    *work = calloc(1, sizeof **work);
    if (!*work) {
        refuse(error, "busy");
        return 503;
    }
    (*work)->kind = kind;
    return 0;
}

static void drop(void *work)
{
    free(work);
}

/* Hand over the work when it is good. */
static unsigned conclude(unsigned status, struct work *work, void **into)
{
    if (status == 0)
        *into = work;
    else
        free(work);
    return status;
}

static unsigned check_plan(const struct moderation_config *config, const struct cJSON *request,
                           void **into, char error[MODERATION_ERROR_BYTES])
{
    struct work *work;
    unsigned status = begin(&work, NULL, error);
    if (status == 0)
        status = read_predicate(work, request, error);
    return conclude(status, work, into);
}

static unsigned check_apply(const struct moderation_config *config, const struct cJSON *request,
                            void **into, char error[MODERATION_ERROR_BYTES])
{
    struct work *work;
    const cJSON *plan = member(request, "plan");
    unsigned status = begin(&work, "rollback", error);
    if (status == 0)
        status = read_plan(work, plan, error);
    if (status == 0)
        status = read_predicate(work, plan, error);
    if (status == 0)
        status = read_rate(work, request, error);
    return conclude(status, work, into);
}

static unsigned check_at_once(const struct moderation_config *config, const struct cJSON *request,
                              void **into, char error[MODERATION_ERROR_BYTES])
{
    struct work *work;
    unsigned status = begin(&work, "rollback", error);
    if (status == 0)
        status = read_predicate(work, request, error);
    if (status == 0)
        status = read_rate(work, request, error);
    return conclude(status, work, into);
}

static unsigned check_undo(const struct moderation_config *config, const struct cJSON *request,
                           void **into, char error[MODERATION_ERROR_BYTES])
{
    struct work *work;
    const cJSON *action = member(request, "action");
    unsigned status = begin(&work, "undo", error);
    if (status == 0 && !is_whole(action, 1, UINT32_MAX))
        status = refuse(error, "action: expected the number of an action");
    if (status == 0)
        status = read_rate(work, request, error);
    if (status == 0) {
        work->predicate.action = (uint32_t)action->valuedouble;
        work->predicate.colours = PREDICATE_ALL_COLOURS;
    }
    return conclude(status, work, into);
}

/* ---- reading ---- */

static void report(struct run *run)
{
    int64_t took_ms = clock_now_ms() - run->began_ms;
    double share = run->plan.version > 0 ? (double)run->scan.at / (double)run->plan.version : 1;
    double rate = took_ms > 0 ? 1000. * (double)run->n_records / (double)took_ms : 0;
    job_progress(run->job, run->work->kind ? share / 2 : share, rate);
}

static int on_record(struct scan_sink *sink, const struct record *record,
                     const struct record_edits *edits, char error[FOLD_ERROR_BYTES])
{
    struct run *run = (struct run *)sink;
    char why[PLAN_ERROR_BYTES];
    int result = 0;
    if (record->offset < run->plan.version) {
        result = plan_take(&run->plan, record, edits, why);
        if (++run->n_records % PROGRESS_RECORDS == 0)
            report(run);
    } else if (run->work->kind) {
        if (!run->plan.sealed)
            result = plan_seal(&run->plan, why);
        if (result == 0)
            plan_follow(&run->plan, record, edits);
    }
    if (result != 0)
        snprintf(error, FOLD_ERROR_BYTES, "%s", why);
    return result;
}

static enum job_state make_plan(struct run *run)
{
    struct moderation_job *job = run->job;
    char error[PLAN_ERROR_BYTES];
    enum scan_result result = scan_open(&run->scan, job->config->log, &run->sink, &job->cancel);
    if (result == SCAN_OK) {
        uint64_t high = run->scan.bounds.high;
        if (run->work->has_version && run->work->version > high)
            return job_fail(job, 409, "the plan is of a version that the log does not have");
        run->plan.version = run->work->has_version ? run->work->version : high;
        result = scan_run(&run->scan, 0);
    }
    if (result == SCAN_STOPPED)
        return JOB_CANCELLED;
    if (result == SCAN_FAILED)
        return job_fail(job, 500, run->scan.error);
    if (!run->plan.sealed && plan_seal(&run->plan, error) != 0)
        return job_fail(job, 500, error);
    return JOB_DONE;
}

/* ---- what comes of it ---- */

static void add_id(cJSON *json, uint64_t author)
{
    char id[HEX_U64_BYTES], name[PSEUDONYM_BYTES];
    hex_from_u64(id, author);
    identity_pseudonym(author, name);
    cJSON_AddStringToObject(json, "author", id);
    cJSON_AddStringToObject(json, "name", name);
}

static void add_authors(cJSON *json, const struct plan *plan)
{
    struct author_count top[PLAN_TOP];
    size_t n = author_table_top(&plan->counts, top, PLAN_TOP);
    cJSON *list = cJSON_AddArrayToObject(json, "authors");
    for (size_t i = 0; i < n; i++) {
        cJSON *one = cJSON_CreateObject();
        add_id(one, top[i].author);
        cJSON_AddNumberToObject(one, "edits", (double)top[i].count);
        cJSON_AddItemToArray(list, one);
    }
    cJSON_AddNumberToObject(json, "people", (double)plan->counts.n);
}

static void add_canvases(cJSON *json, const struct plan *plan)
{
    cJSON *list = cJSON_AddArrayToObject(json, "canvases");
    for (size_t i = 0; i < plan->n_canvases; i++) {
        const struct plan_canvas *canvas = &plan->canvases[i];
        if (canvas->n == 0)
            continue;
        cJSON *one = cJSON_CreateObject();
        cJSON_AddNumberToObject(one, "x", canvas->position.gx);
        cJSON_AddNumberToObject(one, "y", canvas->position.gy);
        cJSON_AddNumberToObject(one, "pixels", (double)canvas->n);
        cJSON_AddItemToArray(list, one);
    }
}

static void write_digest(const struct plan *plan, char hex[HEX_BYTES(PLAN_DIGEST_BYTES)])
{
    hex_encode(hex, plan->digest, PLAN_DIGEST_BYTES);
}

static cJSON *describe_plan(const struct plan *plan)
{
    char predicate[PREDICATE_BYTES], digest[HEX_BYTES(PLAN_DIGEST_BYTES)];
    predicate_write(&plan->predicate, predicate);
    write_digest(plan, digest);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "predicate", predicate);
    cJSON_AddNumberToObject(json, "version", (double)plan->version);
    cJSON_AddNumberToObject(json, "edits", (double)plan->edits);
    cJSON_AddNumberToObject(json, "pixels", (double)plan->pixels);
    cJSON_AddNumberToObject(json, "bystanders", (double)plan->bystanders);
    add_canvases(json, plan);
    add_authors(json, plan);
    const double bounds[] = {(double)plan->bounds.x, (double)plan->bounds.y, (double)plan->bounds.w,
                             (double)plan->bounds.h};
    cJSON_AddItemToObject(json, "bounds", cJSON_CreateDoubleArray(bounds, 4));
    cJSON_AddStringToObject(json, "digest", digest);
    return json;
}

/* ---- doing it ---- */

/* What the action's record is called: the same for every try at the same plan, and for every undo
 * of any of those. */
static void name_action(const struct run *run, const char *digest, uint64_t version,
                        char name[CONTROL_NAME])
{
    const struct work *work = run->work;
    if (work->predicate.action != 0)
        snprintf(name, CONTROL_NAME, "%s %" PRIu64, work->kind, run->first);
    else
        snprintf(name, CONTROL_NAME, "%s %.16s %" PRIu64, work->kind, digest, version);
}

static void add_also(struct plan *plan, const char *name, struct control *control)
{
    plan->n_also += action_tries(control, name, plan->also + plan->n_also, PLAN_TRIES);
}

/* An earlier try may not have come to its end, because its server was killed. What it has repaired
 * is taken for our own, so that what bystanders have lost by it is given back: of a plan, what came
 * after its version. An action is taken back with all tries at the same plan, as if they were one;
 * and what earlier tries to take it back have repaired counts as theirs. */
static void find_earlier(struct run *run)
{
    const struct work *work = run->work;
    struct control *control = run->job->config->control;
    struct plan *plan = &run->plan;
    char name[CONTROL_NAME];
    plan->n_ours = 1; /* the first one is the action that is still to be recorded */
    run->first = work->predicate.action;
    if (!work->kind)
        return;
    if (work->predicate.action == 0 && work->digest[0]) {
        name_action(run, work->digest, work->version, name);
        plan->n_ours += action_tries(control, name, plan->ours + 1, PLAN_TRIES);
    }
    if (work->predicate.action == 0)
        return;
    if (action_name(control, work->predicate.action, name))
        add_also(plan, name, control);
    if (plan->n_also > 0)
        run->first = plan->also[plan->n_also - 1];
    name_action(run, "", 0, name);
    add_also(plan, name, control);
}

static uint64_t record(struct run *run, char error[CONTROL_ERROR_BYTES])
{
    char name[CONTROL_NAME], digest[HEX_BYTES(PLAN_DIGEST_BYTES)], predicate[PREDICATE_BYTES];
    const struct plan *plan = &run->plan;
    predicate_write(&plan->predicate, predicate);
    write_digest(plan, digest);
    name_action(run, digest, plan->version, name);
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddStringToObject(fields, "kind", run->work->kind);
    cJSON_AddStringToObject(fields, "predicate", predicate);
    cJSON_AddNumberToObject(fields, "version", (double)plan->version);
    cJSON_AddNumberToObject(fields, "pixels", (double)plan->pixels);
    cJSON_AddStringToObject(fields, "digest", digest);
    return action_record(run->job->config->control, name, fields, &run->job->actor, error);
}

static void describe_repairs(struct run *run, uint64_t action)
{
    char predicate[PREDICATE_BYTES], digest[HEX_BYTES(PLAN_DIGEST_BYTES)];
    uint64_t sent = run->progress.sent, healed = run->progress.healed;
    predicate_write(&run->plan.predicate, predicate);
    write_digest(&run->plan, digest);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "action", (double)action);
    cJSON_AddStringToObject(json, "predicate", predicate);
    cJSON_AddNumberToObject(json, "version", (double)run->plan.version);
    cJSON_AddStringToObject(json, "digest", digest);
    cJSON_AddNumberToObject(json, "pixels", (double)run->plan.pixels);
    cJSON_AddNumberToObject(json, "repaired", (double)(sent - healed));
    cJSON_AddNumberToObject(json, "healed", (double)healed);
    cJSON_AddBoolToObject(json, "paused", run->progress.paused);
    job_set_result(run->job, json);
}

static void on_progress(struct repair_progress *progress)
{
    struct run *run = (struct run *)((char *)progress - offsetof(struct run, progress));
    uint64_t sent = run->progress.sent;
    int64_t took_ms = clock_now_ms() - run->began_ms;
    double share = run->plan.pixels > 0 ? (double)sent / (double)run->plan.pixels : 1;
    job_progress(run->job, 0.5 + (share < 1 ? share : 1) / 2,
                 took_ms > 0 ? 1000. * (double)sent / (double)took_ms : 0);
    describe_repairs(run, run->plan.ours[0]);
}

static enum job_state repair(struct run *run)
{
    struct moderation_job *job = run->job;
    char digest[HEX_BYTES(PLAN_DIGEST_BYTES)], error[CONTROL_ERROR_BYTES];
    write_digest(&run->plan, digest);
    if (run->work->digest[0] && strcmp(run->work->digest, digest) != 0)
        return job_fail(job, 409, "the plan is no longer good: make it anew, and look at it");
    if (run->work->predicate.action != 0 && run->plan.edits == 0)
        return job_fail(job, 404, "the log has no edit of that action");
    uint64_t action = record(run, error);
    if (action == 0)
        return job_fail(job, 503, error);
    job_set_action(job, action);
    run->plan.ours[0] = action;
    run->began_ms = clock_now_ms();
    run->progress.changed = on_progress;
    const struct repair_config config = {
        .plan = &run->plan,
        .scan = &run->scan,
        .writer = job->config->writer,
        .owners = job->config->owners,
        .canvases = job->config->canvases,
        .metrics = job->metrics,
        .action = action,
        .rate = run->work->rate,
        .cancel = &job->cancel,
        .quit = &job->quit,
    };
    enum repair_end end = repair_run(&config, &run->progress);
    describe_repairs(run, action);
    switch (end) {
    case REPAIR_DONE:
        return JOB_DONE;
    case REPAIR_CANCELLED:
        return JOB_CANCELLED;
    case REPAIR_QUIT:
        return job_fail(job, 503, "the server ends: do it again to bring it to its end");
    case REPAIR_FAILED:
        break;
    }
    return job_fail(job, 500, run->scan.error);
}

/* ---- the jobs ---- */

static enum job_state run_work(struct moderation_job *job)
{
    struct run *run = calloc(1, sizeof *run);
    char error[PLAN_ERROR_BYTES];
    enum job_state state;
    if (!run)
        return job_fail(job, 503, "out of memory");
    run->sink.record = on_record;
    run->job = job;
    run->work = job->work;
    run->began_ms = clock_now_ms();
    struct plan_people people = plan_people_of(job->config);
    if (plan_init(&run->plan, &run->work->predicate, 0, &people.networks, &people.bans, error) != 0)
        state = job_fail(job, 503, error);
    else {
        find_earlier(run);
        state = make_plan(run);
    }
    if (state == JOB_DONE && run->work->kind) {
        state = repair(run);
    } else if (state == JOB_DONE) {
        size_t len = 0;
        uint8_t *png = preview_make(&run->plan, &len);
        if (png)
            job_set_preview(job, png, len);
        job_set_result(job, describe_plan(&run->plan));
    }
    scan_close(&run->scan);
    plan_finish(&run->plan);
    free(run);
    return state;
}

const struct job_kind rollback_plan = {"plan", check_plan, run_work, drop};
const struct job_kind rollback_apply = {"apply", check_apply, run_work, drop};
const struct job_kind rollback_at_once = {"rollback", check_at_once, run_work, drop};
const struct job_kind rollback_undo = {"undo", check_undo, run_work, drop};
