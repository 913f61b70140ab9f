/* SPDX-License-Identifier: ISC */
/* about: see about.h. */
#include "render/http/about.h"

#include <cJSON.h>
#include <stdbool.h>

#include "render/events/events.h"
#include "render/http/maps.h"
#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "render/name/picture.h"

static cJSON *fractal(const struct site *site)
{
    if (!site->fractal)
        return cJSON_CreateNull();
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "revision", PICTURE_FRACTAL_REVISION);
    cJSON *palettes = cJSON_AddArrayToObject(json, "palettes");
    for (int i = 0; i < PICTURE_PALETTE_COUNT; i++)
        cJSON_AddItemToArray(palettes,
                             cJSON_CreateString(picture_palette_name((enum picture_palette)i)));
    cJSON_AddNumberToObject(json, "max_zoom", PICTURE_FRACTAL_ZOOM_MAX);
    return json;
}

static cJSON *images(const struct site *site)
{
    cJSON *json = cJSON_CreateObject(), *ops = cJSON_AddArrayToObject(json, "ops");
    for (int i = 0; i < PICTURE_OP_COUNT; i++)
        if (site->images[i])
            cJSON_AddItemToArray(ops, cJSON_CreateString(picture_op_name((enum picture_op)i)));
    cJSON_AddNumberToObject(json, "max_bytes", (double)site->upload_bytes);
    cJSON_AddNumberToObject(json, "max_pixels", (double)site->upload_pixels);
    return json;
}

void about_get(struct web_request *request)
{
    const struct site *site = request->site;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "version", PLACED_VERSION);
    cJSON_AddBoolToObject(json, "admin", request->admin);
    /* Who answers, as the events name it. */
    if (site->events)
        cJSON_AddStringToObject(json, "server", events_server(site->events));
    cJSON_AddStringToObject(json, "canvas", site->canvas);
    cJSON_AddItemToObject(json, "fractal", fractal(site));
    cJSON_AddItemToObject(json, "map", maps_json(site->map_styles));
    cJSON_AddItemToObject(json, "images", images(site));
    web_reply_json(
        request,
        &(struct web_reply){.status = 200, .cache = "public, max-age=5", .any_origin = true}, json);
}
