/* SPDX-License-Identifier: ISC */
/* admin: see admin.h. */
#include "render/http/admin.h"

#include <cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/farm/farm.h"
#include "render/http/site.h"
#include "render/http/web_input.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "sys/diag.h"

/* By its name, or that of an operation on images. */
static struct pool *find_pool(const struct site *site, const char *name)
{
    static struct pool_look look; /* some kilobytes */
    char image[FARM_POOL_NAME_BYTES];
    struct pool *pool;
    snprintf(image, sizeof image, "image:%s", name);
    for (size_t i = 0; (pool = farm_pool(site->farm, i)); i++) {
        pool_look(pool, &look);
        if (strcmp(look.name, name) == 0 || strcmp(look.name, image) == 0)
            return pool;
    }
    return NULL;
}

static void scale(struct web_request *request, const cJSON *op, const cJSON *n)
{
    if (!cJSON_IsString(op)) {
        web_reply_error(request, 400,
                        "\"op\": expected an operation such as \"thumbnail\", or a pool's name");
        return;
    }
    double number = cJSON_IsNumber(n) ? n->valuedouble : -1;
    if (!(number >= 0 && number <= FARM_CHILDREN_MAX) || number != floor(number)) {
        web_reply_error(request, 400, "\"n\": expected a whole number from 0 to 256");
        return;
    }
    struct pool *pool = find_pool(request->site, op->valuestring);
    if (!pool) {
        web_reply_error(request, 404, "there is no pool of this name");
        return;
    }
    pool_scale(pool, (unsigned)number);
    diag_info("%s: %u renderers from now on", op->valuestring, (unsigned)number);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "op", op->valuestring);
    cJSON_AddNumberToObject(json, "n", number);
    web_reply_json(request, &(struct web_reply){.status = 200}, json);
}

void admin_scale_post(struct web_request *request)
{
    cJSON *json = web_json(request);
    if (!json)
        return;
    scale(request, cJSON_GetObjectItemCaseSensitive(json, "op"),
          cJSON_GetObjectItemCaseSensitive(json, "n"));
    cJSON_Delete(json);
}

void admin_reload_post(struct web_request *request)
{
    request->site->reload(request->site);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "reloaded", true);
    web_reply_json(request, &(struct web_reply){.status = 200}, json);
}
