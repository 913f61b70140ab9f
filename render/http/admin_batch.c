/* SPDX-License-Identifier: ISC */
/* admin_batch: see admin_batch.h. */
#include "render/http/admin_batch.h"

#include <cjson/cJSON.h>

#include "render/batch/batches.h"
#include "render/batch/work.h"
#include "render/http/site.h"
#include "render/http/web_input.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

static struct batches *batches_of(const struct web_request *request)
{
    return work_batches(request->site->work);
}

static void answer(struct web_request *request, cJSON *json)
{
    web_reply_json(request, &(struct web_reply){.status = 200}, json);
}

void admin_batch_post(struct web_request *request)
{
    struct batch_wish wish;
    struct batch_refusal refusal;
    const struct batch_state *state;
    uint64_t jobs;
    cJSON *json = web_json(request);
    if (!json)
        return;
    const char *wrong = batch_wish_read(&wish, json);
    cJSON_Delete(json);
    if (wrong) {
        web_reply_error(request, 400, wrong);
    } else if (batches_start(batches_of(request), &wish, &state, &jobs, &refusal) != 0) {
        web_reply_error(request, refusal.status, refusal.words);
    } else {
        cJSON *answered = cJSON_CreateObject();
        cJSON_AddStringToObject(answered, "batch", state->id);
        cJSON_AddNumberToObject(answered, "jobs", (double)jobs);
        answer(request, answered);
    }
}

/* What both changes of a batch have in common. */
static void change(struct web_request *request,
                   int (*do_it)(struct batches *batches, const char *id,
                                struct batch_refusal *refusal),
                   const char *state)
{
    struct batch_refusal refusal;
    cJSON *json = web_json(request);
    if (!json)
        return;
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "batch"));
    if (!task_record_is_batch(id)) {
        web_reply_error(request, 400, "batch: expected 16 small hexadecimal digits");
    } else if (do_it(batches_of(request), id, &refusal) != 0) {
        web_reply_error(request, refusal.status, refusal.words);
    } else {
        cJSON *answered = cJSON_CreateObject();
        cJSON_AddStringToObject(answered, "batch", id);
        cJSON_AddStringToObject(answered, "state", state);
        answer(request, answered);
    }
    cJSON_Delete(json);
}

void admin_batch_cancel_post(struct web_request *request)
{
    change(request, batches_cancel, "cancelled");
}

void admin_batch_resume_post(struct web_request *request)
{
    change(request, batches_resume, "running");
}

void admin_batches_get(struct web_request *request)
{
    answer(request, batches_list(batches_of(request)));
}
