/* SPDX-License-Identifier: ISC */
/* maps: see maps.h. */
#include "render/http/maps.h"

#include <cJSON.h>
#include <stdio.h>

#include "render/http/map_styles.h"
#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

enum { URL_BYTES = 64 };

static cJSON *style_json(const struct map_served *map)
{
    const struct map_style *style = &map->style;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "name", map->name);
    cJSON_AddStringToObject(json, "hash", style->hash);
    cJSON_AddNumberToObject(json, "minzoom", style->minzoom);
    cJSON_AddNumberToObject(json, "maxzoom", style->maxzoom);
    cJSON_AddItemToObject(json, "bounds", cJSON_CreateDoubleArray(style->bounds, 4));
    cJSON_AddStringToObject(json, "attribution", style->attribution);
    cJSON_AddStringToObject(json, "background", style->background);
    return json;
}

cJSON *maps_json(const struct map_styles *styles)
{
    cJSON *json = cJSON_CreateObject(), *array = cJSON_AddArrayToObject(json, "styles");
    for (size_t i = 0; styles && map_styles_at(styles, i); i++)
        cJSON_AddItemToArray(array, style_json(map_styles_at(styles, i)));
    return json;
}

void tilejson_get(struct web_request *request)
{
    const struct map_styles *styles = request->site->map_styles;
    const char *name;
    size_t len;
    const struct map_served *map =
        styles && web_part(request, 1, &name, &len) ? map_styles_named(styles, name, len) : NULL;
    if (!map) {
        web_reply_error(request, 404, "there is no map of this name");
        return;
    }
    /* A path, which readers resolve against this document's own address: behind proxies, nobody
     * else knows that. */
    char url[URL_BYTES];
    snprintf(url, sizeof url, "/map/%s/{z}/{x}/{y}.png", map->style.hash);
    const char *tiles[] = {url};
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "tilejson", "3.0.0");
    cJSON_AddStringToObject(json, "name", map->name);
    cJSON_AddItemToObject(json, "tiles", cJSON_CreateStringArray(tiles, 1));
    cJSON_AddNumberToObject(json, "minzoom", map->style.minzoom);
    cJSON_AddNumberToObject(json, "maxzoom", map->style.maxzoom);
    cJSON_AddItemToObject(json, "bounds", cJSON_CreateDoubleArray(map->style.bounds, 4));
    cJSON_AddStringToObject(json, "attribution", map->style.attribution);
    web_reply_json(
        request,
        &(struct web_reply){.status = 200, .cache = "public, max-age=5", .any_origin = true}, json);
}
