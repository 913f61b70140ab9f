/* SPDX-License-Identifier: ISC */
/* metrics_json: see metrics_json.h. */
#include "render/http/metrics_json.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "render/events/events.h"
#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "sys/clock.h"

static const char image_prefix[] = "image:";

static void add_numbers(cJSON *object, const struct view_pool *pool)
{
    cJSON_AddNumberToObject(object, "done", pool->done);
    cJSON_AddNumberToObject(object, "failed", pool->failed);
    cJSON_AddNumberToObject(object, "waiting", pool->waiting);
    cJSON_AddNumberToObject(object, "busy", pool->busy);
    cJSON_AddNumberToObject(object, "workers", pool->workers);
    cJSON_AddNumberToObject(object, "cpu_ms", pool->cpu_ms);
    cJSON_AddNumberToObject(object, "bytes", pool->bytes);
}

static void add_up(struct view_pool *sum, const struct view_pool *pool)
{
    sum->done += pool->done;
    sum->failed += pool->failed;
    sum->waiting += pool->waiting;
    sum->busy += pool->busy;
    sum->workers += pool->workers;
    sum->cpu_ms += pool->cpu_ms;
    sum->bytes += pool->bytes;
}

void metrics_json_get(struct web_request *request)
{
    const struct site *site = request->site;
    struct view_pool pools[VIEW_POOLS], totals = {0};
    size_t n = 0;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "uptime_s", (double)((clock_now_ms() - site->started_ms) / 1000));
    if (site->events) {
        struct view *view = events_view(site->events);
        n = view_pools(view, pools);
        cJSON_AddNumberToObject(json, "servers", (double)view_servers(view));
    }
    for (size_t i = 0; i < n; i++)
        add_up(&totals, &pools[i]);
    add_numbers(cJSON_AddObjectToObject(json, "totals"), &totals);
    cJSON *ops = cJSON_AddObjectToObject(json, "ops");
    cJSON *all = cJSON_AddObjectToObject(json, "pools");
    for (size_t i = 0; i < n; i++) {
        add_numbers(cJSON_AddObjectToObject(all, pools[i].name), &pools[i]);
        if (strncmp(pools[i].name, image_prefix, strlen(image_prefix)) == 0)
            add_numbers(cJSON_AddObjectToObject(ops, pools[i].name + strlen(image_prefix)),
                        &pools[i]);
    }
    web_reply_json(request, &(struct web_reply){.status = 200, .any_origin = true}, json);
}
