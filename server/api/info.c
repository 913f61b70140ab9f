/* SPDX-License-Identifier: ISC */
/* info: see info.h. */
#include "api/info.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/energy_json.h"
#include "api/info_rules.h"
#include "core/canvas.h"
#include "core/hex.h"
#include "core/palette.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "http/who_asks.h"
#include "identity/identity.h"
#include "net/loop_state.h"
#include "plane/canvases.h"
#include "rules/rules.h"

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

static void add_genesis(cJSON *json, struct canvases *canvases)
{
    uint8_t genesis[GENESIS_BYTES];
    char hex[HEX_BYTES(GENESIS_BYTES)];
    if (canvases_genesis(canvases, genesis)) {
        hex_encode(hex, genesis, GENESIS_BYTES);
        cJSON_AddStringToObject(json, "genesis", hex);
    } else {
        cJSON_AddNullToObject(json, "genesis");
    }
}

/* 0, or -1 when out of memory. */
static int add_canvases(cJSON *json, struct canvases *canvases)
{
    size_t room = canvases_list(canvases, NULL, 0);
    struct canvas_place **places = calloc(room + 1, sizeof *places);
    if (!places)
        return -1;
    size_t n = canvases_list(canvases, places, room);
    cJSON *list = cJSON_AddArrayToObject(json, "canvases");
    for (size_t i = 0; i < n && i < room; i++) {
        struct position position = place_position(places[i]);
        cJSON *canvas = cJSON_CreateObject();
        cJSON_AddNumberToObject(canvas, "x", position.gx);
        cJSON_AddNumberToObject(canvas, "y", position.gy);
        cJSON_AddBoolToObject(canvas, "open", place_open(places[i]));
        cJSON_AddNumberToObject(canvas, "version", (double)place_version(places[i]));
        cJSON_AddItemToArray(list, canvas);
    }
    free(places);
    return 0;
}

/* Who asks, and whether it may draw as it is. What is no good counts as nothing here: whoever draws
 * with it is told. False: it has been answered. */
static bool add_asker(cJSON *json, struct http *http, char fields[WHO_ASKS_FIELDS_BYTES])
{
    static const char *const needed[] = {[IDENTITY_ANY] = "any",
                                         [IDENTITY_COOKIE] = "cookie",
                                         [IDENTITY_WORK] = "work",
                                         [IDENTITY_SSO] = "sso"};
    struct identity_request shown;
    struct visitor visitor;
    if (!who_asks_shows(http, &shown))
        return false;
    identity_read(http->site->identity, &shown, &visitor);
    who_asks_drop_other(fields, &shown);
    energy_json_add(json, http, &visitor);
    cJSON *identity = cJSON_AddObjectToObject(json, "identity");
    bool have = visitor.kind != VISITOR_NETWORK && visitor.kind != VISITOR_STALE;
    cJSON_AddBoolToObject(identity, "have", have);
    cJSON_AddStringToObject(identity, "needed", needed[identity_needed(http->site->identity)]);
    cJSON_AddTrueToObject(identity, "report");
    return true;
}

/* What is the same for everybody. NULL: it has been answered. */
static cJSON *describe(struct http *http)
{
    const struct loop *loop = http->conn->loop;
    struct canvases *canvases = http->site->canvases;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "protocol", PROTOCOL_NAME);
    add_genesis(json, canvases);
    cJSON_AddNumberToObject(json, "version", (double)canvases_version(canvases));
    cJSON_AddNumberToObject(json, "width", CANVAS_WIDTH);
    cJSON_AddNumberToObject(json, "height", CANVAS_HEIGHT);
    add_palette(json);
    if (add_canvases(json, canvases) != 0) {
        cJSON_Delete(json);
        reply_error(http, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"}, "busy");
        return NULL;
    }
    info_rules_add(json, http->conn->loop);
    cJSON_AddNumberToObject(json, "online", (double)shard_online(loop->shard));
    cJSON_AddBoolToObject(json, "history", http->site->history != NULL);
    cJSON_AddBoolToObject(json, "readonly", shard_readonly(loop->shard));
    return json;
}

void info_get(struct http *http)
{
    cJSON *json = describe(http);
    if (!json)
        return;
    char fields[WHO_ASKS_FIELDS_BYTES] = "Cache-Control: private, no-cache\r\n";
    if (!add_asker(json, http, fields)) {
        cJSON_Delete(json);
        return;
    }
    reply_json(http, (struct reply){.status = 200, .extra = fields}, json);
}

void info_get_plane(struct http *http)
{
    cJSON *json = describe(http);
    if (json)
        reply_json(http,
                   (struct reply){.status = 200, .extra = "Cache-Control: public, max-age=1\r\n"},
                   json);
}
