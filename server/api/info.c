/* SPDX-License-Identifier: ISC */
/* info: see info.h. */
#include "api/info.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "core/canvas.h"
#include "core/palette.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "net/loop_state.h"
#include "plane/reducer.h"

static void add_palette(cJSON *json)
{
    cJSON *colours = cJSON_AddArrayToObject(json, "palette");
    for (size_t i = 0; i < CANVAS_COLOURS; i++) {
        char rgb[16];
        snprintf(rgb, sizeof rgb, "#%02x%02x%02x", palette[i].red, palette[i].green,
                 palette[i].blue);
        cJSON *colour = cJSON_CreateObject();
        cJSON_AddStringToObject(colour, "name", palette[i].name);
        cJSON_AddStringToObject(colour, "rgb", rgb);
        cJSON_AddItemToArray(colours, colour);
    }
}

void info_get(struct http *http)
{
    const struct loop *loop = http->conn->loop;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "protocol", PROTOCOL_NAME);
    cJSON_AddNumberToObject(json, "version", (double)reducer_version(http->site->reducer));
    cJSON_AddNumberToObject(json, "width", CANVAS_WIDTH);
    cJSON_AddNumberToObject(json, "height", CANVAS_HEIGHT);
    add_palette(json);
    cJSON *energy = cJSON_AddObjectToObject(json, "energy");
    cJSON_AddStringToObject(energy, "policy", loop->config.shard->energy);
    cJSON_AddNumberToObject(json, "online", (double)shard_online(loop->shard));
    cJSON_AddBoolToObject(json, "readonly", shard_readonly(loop->shard));
    reply_json(http, (struct reply){.status = 200, .extra = "Cache-Control: no-cache\r\n"}, json);
}
