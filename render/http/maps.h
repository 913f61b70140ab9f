/* SPDX-License-Identifier: ISC */
/* maps: what is said of the maps that are served: in /render.json, and as TileJSON. */
#ifndef PLACED_RENDER_HTTP_MAPS_H
#define PLACED_RENDER_HTTP_MAPS_H

struct cJSON;
struct map_styles;
struct web_request;

/* {"styles":[{"name","hash",...}]}; styles may be NULL. */
struct cJSON *maps_json(const struct map_styles *styles);

/* /map/NAME/tilejson.json: TileJSON 3.0.0. */
void tilejson_get(struct web_request *request);

#endif
