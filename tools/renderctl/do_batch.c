/* SPDX-License-Identifier: ISC */
/* do_batch: see do_batch.h. */
#include "do_batch.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/columns.h"
#include "common/fetch.h"
#include "common/progress.h"
#include "common/stop.h"
#include "common/text.h"
#include "options.h"
#include "sys/clock.h"
#include "values.h"

enum {
    LOOK_MS = 500, /* between two looks at a batch that is followed */
    STEP_MS = 50,  /* how soon Ctrl-C is noticed */
    SAMPLES_MAX = 50,
    ID_BYTES = 40,
};

static double number(const cJSON *json, const char *member)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(json, member);
    return cJSON_IsNumber(found) ? found->valuedouble : 0;
}

/* ---- what is asked for ---- */

/* False after a message. */
static bool add_options(struct ctl *ctl, const struct arguments *arguments, cJSON *body)
{
    const char *zoom = arguments->values[OPTION_ZOOM], *box = arguments->values[OPTION_BOX];
    unsigned zooms[2];
    double edges[4];
    if (!zoom || !value_zooms(zoom, zooms)) {
        ctl->status =
            ctl_wrong(ctl, "--zoom", "zooms such as 0-6, from 0 to 22", zoom ? zoom : "none");
        return false;
    }
    cJSON_AddItemToObject(body, "zoom",
                          cJSON_CreateIntArray((const int[]){(int)zooms[0], (int)zooms[1]}, 2));
    if (box && !value_box(box, edges)) {
        ctl->status =
            ctl_wrong(ctl, "--box", "W,S,E,N in degrees, such as 5.9,45.8,10.5,47.8", box);
        return false;
    }
    if (box)
        cJSON_AddItemToObject(body, "box", cJSON_CreateDoubleArray(edges, 4));
    cJSON_AddNumberToObject(body, "scale", option_given(arguments, OPTION_TWICE) ? 2 : 1);
    return true;
}

/* Of the batch; NULL after a message. */
static cJSON *read_wish(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "style", arguments->words[0]);
    if (add_options(ctl, arguments, body))
        return body;
    cJSON_Delete(body);
    return NULL;
}

/* ---- estimates ---- */

static void describe(const cJSON *estimate, FILE *out)
{
    char jobs[TEXT_BYTES], tiles[TEXT_BYTES], time[VALUE_TEXT_BYTES], time_error[VALUE_TEXT_BYTES],
        bytes[VALUE_TEXT_BYTES], bytes_error[VALUE_TEXT_BYTES];
    text_count(jobs, ctl_number(estimate, "jobs"));
    text_count(tiles, ctl_number(estimate, "tiles"));
    value_seconds(time, number(estimate, "seconds"));
    value_seconds(time_error, number(estimate, "seconds_error"));
    value_bytes(bytes, number(estimate, "bytes"));
    value_bytes(bytes_error, number(estimate, "bytes_error"));
    fprintf(out,
            "%s tiles in %s jobs\n"
            "time   about %s, give or take %s, with all workers of this server\n"
            "size   about %s, give or take %s\n"
            "       by a sample of %" PRIu64 " jobs\n",
            tiles, jobs, time, time_error, bytes, bytes_error, ctl_number(estimate, "sampled"));
}

static cJSON *estimate(struct ctl *ctl, const cJSON *wish)
{
    const char *samples = ctl->arguments->values[OPTION_SAMPLES];
    uint64_t n = 0;
    if (samples && !value_number(samples, 1, SAMPLES_MAX, &n)) {
        ctl->status = ctl_wrong(ctl, "--samples", "a number from 1 to 50", samples);
        return NULL;
    }
    cJSON *body = cJSON_Duplicate(wish, true);
    if (n > 0)
        cJSON_AddNumberToObject(body, "samples", (double)n);
    if (!ctl->quiet)
        fputs("rendering a sample ...\n", stderr);
    return ctl_post(ctl, "/admin/estimate", body);
}

static int show_estimate(struct ctl *ctl, cJSON *answer)
{
    describe(answer, stdout);
    return EXIT_DONE;
}

/* ---- following one ---- */

/* Its object out of the list, for cJSON_Delete; NULL after a message. */
static cJSON *look(struct ctl *ctl, const char *id)
{
    cJSON *answer = ctl_get(ctl, "/admin/batches"), *found = NULL;
    cJSON *list = cJSON_GetObjectItemCaseSensitive(answer, "batches");
    for (int i = 0; i < cJSON_GetArraySize(list) && !found; i++) {
        if (strcmp(ctl_text(cJSON_GetArrayItem(list, i), "id"), id) == 0)
            found = cJSON_DetachItemFromArray(list, i);
    }
    cJSON_Delete(answer);
    if (answer && !found)
        ctl->status = ctl_fail(ctl, "batch %s: the server does not list it any more", id);
    return found;
}

static int end_of(struct ctl *ctl, cJSON *batch, const char *id)
{
    uint64_t done = ctl_number(batch, "done"), failed = ctl_number(batch, "failed");
    bool finished = strcmp(ctl_text(batch, "state"), "done") == 0;
    char why[TEXT_BYTES];
    text_clean(why, sizeof why, ctl_text(batch, "why"));
    if (!finished) {
        cJSON_Delete(batch);
        return ctl_fail(ctl, "batch %s was cancelled: %s", id, why);
    }
    ctl_end(ctl, batch, "batch %s is done: %" PRIu64 " jobs, %" PRIu64 " failed%s", id, done,
            failed, failed > 0 ? " (renderctl dead shows why)" : "");
    return failed > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int follow(struct ctl *ctl, const char *id)
{
    struct progress progress;
    bool begun = false;
    int64_t next_ms = 0;
    cJSON *batch = NULL;
    fetch_heed_stop(ctl->fetch, false);
    while (!stop_asked()) {
        if (clock_now_ms() < next_ms) {
            clock_pause_ms(STEP_MS);
            continue;
        }
        cJSON_Delete(batch);
        batch = look(ctl, id);
        if (!batch || strcmp(ctl_text(batch, "state"), "running") != 0)
            break;
        uint64_t at = ctl_number(batch, "done") + ctl_number(batch, "failed");
        if (!begun)
            progress_begin(&progress, "rendered", "jobs", ctl->quiet, at);
        begun = true;
        progress_show(&progress, at, at, ctl_number(batch, "jobs"));
        next_ms = clock_now_ms() + LOOK_MS;
    }
    if (begun)
        progress_end(&progress);
    if (stop_asked()) {
        cJSON_Delete(batch);
        return ctl_fail(ctl, "batch %s goes on without this program: renderctl cancel %s ends it",
                        id, id);
    }
    return batch ? end_of(ctl, batch, id) : ctl->status;
}

/* ---- commands ---- */

static int start(struct ctl *ctl, cJSON *wish)
{
    char id[ID_BYTES], jobs[TEXT_BYTES];
    /* Ctrl-C waits for the answers to requests, which come soon: the id has to be known, by which
     * the batch can be cancelled. */
    fetch_heed_stop(ctl->fetch, false);
    cJSON *answer = ctl_post(ctl, "/admin/batch", wish);
    if (!answer)
        return ctl->status;
    text_clean(id, sizeof id, ctl_text(answer, "batch"));
    text_count(jobs, ctl_number(answer, "jobs"));
    if (!option_given(ctl->arguments, OPTION_WAIT))
        return ctl_end(ctl, answer,
                       "batch %s has begun: %s jobs (renderctl batches shows how far it is)", id,
                       jobs);
    cJSON_Delete(answer);
    return follow(ctl, id);
}

int do_prerender(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *wish = read_wish(ctl, arguments);
    if (!wish)
        return ctl->status;
    bool only = option_given(arguments, OPTION_ESTIMATE);
    if (only || !ctl->yes) {
        cJSON *answer = estimate(ctl, wish);
        if (!answer || only) {
            cJSON_Delete(wish);
            return ctl_end_list(ctl, answer, show_estimate);
        }
        describe(answer, stderr);
        cJSON_Delete(answer);
        if (!ctl_confirm(ctl, "render them")) {
            cJSON_Delete(wish);
            return EXIT_FAILED;
        }
    }
    return start(ctl, wish);
}

/* What is shown of a batch that is no member of it as it stands. */
static void add_cells(cJSON *batch)
{
    char text[VALUE_TEXT_BYTES];
    const cJSON *zoom = cJSON_GetObjectItemCaseSensitive(batch, "zoom");
    const cJSON *first = cJSON_GetArrayItem(zoom, 0), *last = cJSON_GetArrayItem(zoom, 1);
    if (cJSON_IsNumber(first) && cJSON_IsNumber(last)) {
        snprintf(text, sizeof text, "%d-%d", first->valueint, last->valueint);
        cJSON_AddStringToObject(batch, "zooms", text);
    }
    double jobs = number(batch, "jobs"), ended = number(batch, "done") + number(batch, "failed");
    cJSON_AddNumberToObject(batch, "progress", jobs > 0 ? ended / jobs : 0);
    if (cJSON_GetObjectItemCaseSensitive(batch, "seconds_left")) {
        value_seconds(text, number(batch, "seconds_left"));
        cJSON_AddStringToObject(batch, "left", text);
    }
}

static int show_batches(struct ctl *ctl, cJSON *answer)
{
    static const struct column columns[] = {
        {"batch", "id", COLUMN_TEXT},         {"style", "style", COLUMN_TEXT},
        {"zooms", "zooms", COLUMN_TEXT},      {"state", "state", COLUMN_TEXT},
        {"done", "progress", COLUMN_PERCENT}, {"jobs", "jobs", COLUMN_COUNT},
        {"failed", "failed", COLUMN_COUNT},   {"left", "left", COLUMN_TEXT},
        {"begun", "time", COLUMN_TIME},       {"why", "why", COLUMN_TEXT},
    };
    cJSON *list = cJSON_GetObjectItemCaseSensitive(answer, "batches"), *batch;
    cJSON_ArrayForEach(batch, list)
    {
        if (cJSON_IsObject(batch))
            add_cells(batch);
    }
    return columns_print(stdout, list, columns, sizeof columns / sizeof *columns, ctl->now_ms,
                         "there are none") == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

int do_batches(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "/admin/batches"), show_batches);
}

static cJSON *change(struct ctl *ctl, const char *path)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "batch", ctl->arguments->words[0]);
    return ctl_post(ctl, path, body);
}

int do_cancel(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end(ctl, change(ctl, "/admin/batch/cancel"),
                   "batch %s is cancelled: what it has rendered stays", arguments->words[0]);
}

int do_resume(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *answer = change(ctl, "/admin/batch/resume");
    if (!answer || !option_given(arguments, OPTION_WAIT))
        return ctl_end(ctl, answer, "batch %s goes on", arguments->words[0]);
    cJSON_Delete(answer);
    return follow(ctl, arguments->words[0]);
}
