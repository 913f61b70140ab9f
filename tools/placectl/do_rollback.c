/* SPDX-License-Identifier: ISC */
/* do_rollback: see do_rollback.h. Without --apply nothing on any canvas changes. */
#include "do_rollback.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "job.h"
#include "options.h"
#include "plan.h"
#include "values.h"
#include "which.h"

enum {
    PREVIEW_MAX = 128 * 1024 * 1024,
    NAME_BYTES = 64,
};

/* Plan what the command line means. NULL after a message. */
static cJSON *make(struct ctl *ctl, const struct arguments *arguments)
{
    char which[WHICH_BYTES], error[WHICH_ERROR_BYTES];
    if (!which_join(arguments, which, error)) {
        ctl_fail(ctl, "%s: %s", arguments->command->name, error);
        ctl->status = EXIT_WRONG;
        return NULL;
    }
    return plan_make(ctl, which);
}

int do_lookup(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *job = make(ctl, arguments);
    if (!job)
        return ctl->status;
    cJSON *result = cJSON_GetObjectItemCaseSensitive(job, "result");
    if (ctl->json)
        text_print_json(stdout, result);
    else
        plan_show(ctl, result);
    cJSON_Delete(job);
    return EXIT_DONE;
}

static int save_preview(struct ctl *ctl, const char *path, uint64_t job)
{
    char request[NAME_BYTES];
    uint8_t *bytes;
    size_t len;
    snprintf(request, sizeof request, "/control/preview.png?job=%" PRIu64, job);
    int status = ctl_get_bytes(ctl, request, PREVIEW_MAX, &bytes, &len);
    if (status != EXIT_DONE)
        return status;
    FILE *file = fopen(path, "we");
    bool good = file && fwrite(bytes, 1, len, file) == len;
    if (file && fclose(file) != 0)
        good = false;
    free(bytes);
    return good ? EXIT_DONE : ctl_fail(ctl, "%s: %s", path, strerror(errno));
}

/* What was planned: for people, for --json, as a picture and as a file. */
static int tell_plan(struct ctl *ctl, const struct arguments *arguments, cJSON *job)
{
    const char *preview = arguments->values[OPTION_PREVIEW], *plan = arguments->values[OPTION_PLAN];
    cJSON *result = cJSON_GetObjectItemCaseSensitive(job, "result");
    char name[NAME_BYTES];
    uint64_t number = ctl_number(job, "job");
    if (!plan)
        snprintf(name, sizeof name, "plan-%" PRIu64 ".json", number);
    int status = plan_save(ctl, plan ? plan : name, result);
    if (status == EXIT_DONE && preview)
        status = save_preview(ctl, preview, number);
    if (ctl->json) {
        cJSON_AddStringToObject(job, "plan", plan ? plan : name);
        text_print_json(stdout, job);
    } else {
        plan_show(ctl, result);
    }
    if (status == EXIT_DONE && !ctl->json && !ctl->quiet)
        printf("nothing was changed; to do it: placectl rollback --apply %s\n", plan ? plan : name);
    return status;
}

static int apply(struct ctl *ctl, const struct arguments *arguments)
{
    if (arguments->n > 0 || option_given(arguments, OPTION_PREVIEW) ||
        option_given(arguments, OPTION_PLAN) || option_given(arguments, OPTION_EXCEPT))
        return ctl_wrong(ctl, "--apply", "nothing but --rate beside it: the plan says the rest",
                         "more");
    cJSON *result = plan_load(ctl, arguments->values[OPTION_APPLY]);
    if (!result)
        return EXIT_FAILED;
    cJSON *job = plan_do(ctl, result);
    cJSON_Delete(result);
    return job ? plan_tell(ctl, job) : ctl->status;
}

int do_rollback(struct ctl *ctl, const struct arguments *arguments)
{
    if (option_given(arguments, OPTION_APPLY))
        return apply(ctl, arguments);
    if (option_given(arguments, OPTION_RATE))
        return ctl_wrong(ctl, "--rate", "it with --apply: a plan changes nothing", "it alone");
    cJSON *job = make(ctl, arguments);
    if (!job)
        return ctl->status;
    int status = tell_plan(ctl, arguments, job);
    cJSON_Delete(job);
    return status;
}

/* How many pixels undoing an action would change, so that it can be asked about. False after a
 * message. */
static bool count_undo(struct ctl *ctl, uint64_t action, uint64_t *pixels)
{
    char which[NAME_BYTES];
    snprintf(which, sizeof which, "a:%" PRIu64, action);
    cJSON *job = plan_make(ctl, which);
    if (!job)
        return false;
    *pixels = ctl_number(cJSON_GetObjectItemCaseSensitive(job, "result"), "pixels");
    cJSON_Delete(job);
    return true;
}

int do_undo(struct ctl *ctl, const struct arguments *arguments)
{
    uint64_t action, many;
    char pixels[TEXT_BYTES];
    if (!value_number(arguments->words[0], 1, UINT32_MAX, &action))
        return ctl_wrong(ctl, "ACTION", "the number of an action", arguments->words[0]);
    cJSON *body = cJSON_CreateObject();
    cJSON_AddNumberToObject(body, "action", (double)action);
    if (!plan_add_rate(ctl, body) ||
        (!ctl->yes && (!count_undo(ctl, action, &many) || !plan_confirm(ctl, many)))) {
        cJSON_Delete(body);
        return ctl->status;
    }
    cJSON *job = job_follow(ctl, ctl_post(ctl, "undo", body), "undone");
    if (!job)
        return ctl->status;
    text_count(pixels, ctl_number(cJSON_GetObjectItemCaseSensitive(job, "result"), "repaired"));
    return ctl_end(ctl, job, "action %" PRIu64 " is undone: %s pixels", action, pixels);
}

int do_cancel(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *answer = ctl_post(ctl, "cancel", cJSON_CreateObject());
    return ctl_end(ctl, answer, "job %" PRIu64 " ends; what it has done stays done",
                   ctl_number(answer, "job"));
}
