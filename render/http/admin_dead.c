/* SPDX-License-Identifier: ISC */
/* admin_dead: see admin_dead.h. */
#include "render/http/admin_dead.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "render/batch/dead.h"
#include "render/batch/requeue.h"
#include "render/batch/work.h"
#include "render/http/site.h"
#include "render/http/web_input.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

/* ---- looking ---- */

static cJSON *letter_json(const struct dead_letter *letter)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "offset", (double)letter->offset);
    cJSON_AddStringToObject(json, "topic", letter->uploads ? "uploads" : "tiles");
    cJSON_AddStringToObject(json, "group", letter->group);
    cJSON_AddStringToObject(json, "name", letter->name);
    if (*letter->batch)
        cJSON_AddStringToObject(json, "batch", letter->batch);
    cJSON_AddStringToObject(json, "why", letter->why);
    cJSON_AddNumberToObject(json, "attempts", letter->attempts);
    cJSON_AddNumberToObject(json, "time", (double)letter->time_ms);
    return json;
}

void admin_dead_get(struct web_request *request)
{
    struct dead *dead = work_dead(request->site->work);
    uint64_t most = 100;
    if (web_query_number(request, "n", 1, DEAD_LETTERS, &most) != 0)
        return;
    size_t n = (size_t)most;
    struct dead_letter *letters = dead_list(dead, &n);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "count", (double)dead_count(dead));
    cJSON *list = cJSON_AddArrayToObject(json, "dead");
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(list, letter_json(&letters[i]));
    free(letters);
    web_reply_json(request, &(struct web_reply){.status = 200}, json);
}

/* ---- putting back ---- */

static void on_done(void *context, const struct requeue_result *result)
{
    struct web_request *request = context;
    request->ended = NULL;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "requeued", result->requeued);
    cJSON_AddNumberToObject(json, "unknown", result->unknown);
    cJSON_AddNumberToObject(json, "no_task", result->no_task);
    cJSON_AddNumberToObject(json, "failed", result->failed);
    web_reply_json(request, &(struct web_reply){.status = 200}, json);
}

static void on_ended(struct web_request *request)
{
    requeue_forget(request->context); /* what has begun goes on */
}

/* The offsets that are meant, for free(). NULL: what is wrong is in *wrong. */
static uint64_t *read_offsets(struct dead *dead, const cJSON *json, size_t *n, const char **wrong)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "offsets"), *item;
    bool all = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "all"));
    uint64_t *offsets = calloc(DEAD_LETTERS, sizeof *offsets);
    *n = 0;
    *wrong = "out of memory";
    if (!offsets)
        return NULL;
    if (all && !list) {
        *n = DEAD_LETTERS;
        struct dead_letter *letters = dead_list(dead, n);
        for (size_t i = 0; i < *n; i++)
            offsets[i] = letters[i].offset;
        free(letters);
        return offsets;
    }
    *wrong = "expected \"offsets\": at most 1000 of them, or \"all\": true";
    if (!cJSON_IsArray(list) || all)
        goto fail;
    cJSON_ArrayForEach(item, list)
    {
        if (*n == DEAD_LETTERS || !cJSON_IsNumber(item) ||
            !(item->valuedouble >= 0 && item->valuedouble < 9e15) ||
            item->valuedouble != (double)(uint64_t)item->valuedouble)
            goto fail;
        offsets[(*n)++] = (uint64_t)item->valuedouble;
    }
    return offsets;
fail:
    free(offsets);
    return NULL;
}

void admin_dead_requeue_post(struct web_request *request)
{
    struct work *work = request->site->work;
    const char *wrong;
    size_t n;
    cJSON *json = web_json(request);
    if (!json)
        return;
    uint64_t *offsets = read_offsets(work_dead(work), json, &n, &wrong);
    cJSON_Delete(json);
    if (!offsets) {
        web_reply_error(request, 400, wrong);
        return;
    }
    struct requeue *requeue = requeue_start(work_dead(work), work_queue(work), work_mailbox(work),
                                            offsets, n, on_done, request);
    free(offsets);
    if (requeue) {
        request->context = requeue;
        request->ended = on_ended;
    }
}
