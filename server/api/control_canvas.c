/* SPDX-License-Identifier: ISC */
/* control_canvas: see control_canvas.h. */
#include "api/control_canvas.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/control_answer.h"
#include "api/control_lists.h"
#include "api/control_request.h"
#include "core/position.h"
#include "http/http.h"
#include "http/site.h"
#include "plane/canvases.h"
#include "plane/place.h"

enum { NAME_BYTES = 16 };

/* The sets of colours that have a name. */
static const struct colour_set {
    const char *name;
    uint16_t colours;
} sets[] = {
    {"all", 0xffff},
    {"white", 1U << 0},
    {"black-white", 1U << 0 | 1U << 3},
    {"greys", 1U << 0 | 1U << 1 | 1U << 2 | 1U << 3},
};

/* A canvas of the plane, with the record that stands of it. */
static cJSON *describe(struct control *control, struct canvas_place *place)
{
    struct position position = place_position(place);
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%d,%d", position.gx, position.gy);
    cJSON *canvas = control_get(control, "canvas", name);
    if (!canvas)
        canvas = cJSON_CreateObject();
    cJSON_DeleteItemFromObjectCaseSensitive(canvas, "open"); /* from and until count, too */
    cJSON_AddNumberToObject(canvas, "x", position.gx);
    cJSON_AddNumberToObject(canvas, "y", position.gy);
    cJSON_AddBoolToObject(canvas, "open", place_open(place));
    cJSON_AddNumberToObject(canvas, "version", (double)place_version(place));
    return canvas;
}

/* What was set of canvases that do not exist yet. */
static void add_coming(cJSON *list, struct control *control, struct canvases *canvases)
{
    cJSON *records = control_list(control, "canvas");
    for (cJSON *record = records ? records->child : NULL, *next; record; record = next) {
        struct position position;
        int gx, gy;
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "name"));
        next = record->next;
        if (!name || sscanf(name, "%d,%d", &gx, &gy) != 2 || !position_from(gx, gy, &position) ||
            canvases_find(canvases, position))
            continue;
        cJSON_DetachItemViaPointer(records, record);
        cJSON_AddNumberToObject(record, "x", gx);
        cJSON_AddNumberToObject(record, "y", gy);
        cJSON_ReplaceItemInObjectCaseSensitive(record, "open", cJSON_CreateBool(false));
        cJSON_AddNumberToObject(record, "version", 0);
        cJSON_AddItemToArray(list, record);
    }
    cJSON_Delete(records);
}

static struct cJSON *make_list(struct site *site, uint64_t a, uint64_t b)
{
    struct canvases *canvases = site->canvases;
    size_t room = canvases_list(canvases, NULL, 0);
    struct canvas_place **places = calloc(room + 1, sizeof *places);
    if (!places)
        return NULL;
    size_t n = canvases_list(canvases, places, room);
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < n && i < room; i++)
        cJSON_AddItemToArray(list, describe(site->control, places[i]));
    free(places);
    add_coming(list, site->control, canvases);
    return list;
}

void control_canvas_list(struct control_request *r)
{
    control_lists_answer(r, make_list, 0, 0);
}

void control_canvas_post(struct control_request *r)
{
    int64_t x = 0, y = 0, at = 0, until = 0;
    bool open = false;
    cJSON *fields = cJSON_CreateObject();
    control_field_number(r, "x", FIELD_NEEDED, POSITION_MIN, POSITION_MAX, NULL, &x);
    control_field_number(r, "y", FIELD_NEEDED, POSITION_MIN, POSITION_MAX, NULL, &y);
    control_field_bool(r, "open", FIELD_NEEDED, &open);
    cJSON_AddBoolToObject(fields, "open", open);
    if (control_field_number(r, "at", FIELD_OPTIONAL, 1, CONTROL_TIME_MAX, CONTROL_TIME, &at))
        cJSON_AddNumberToObject(fields, "from", (double)at);
    if (control_field_number(r, "until", FIELD_OPTIONAL, 1, CONTROL_TIME_MAX, CONTROL_TIME, &until))
        cJSON_AddNumberToObject(fields, "until", (double)until);
    if (at && until && until <= at)
        control_field_wrong(r, "until", "a time after \"at\"");
    if (r->error[0]) {
        cJSON_Delete(fields);
        control_answer_wrong(r);
        return;
    }
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%d,%d", (int)x, (int)y);
    control_answer_append(r, "canvas", name, fields, NULL);
}

void control_canvas_post_palette(struct control_request *r)
{
    const char *word;
    uint16_t colours = 0;
    const cJSON *set = cJSON_GetObjectItemCaseSensitive(r->fields, "set");
    if (cJSON_IsArray(set)) {
        control_field_colours(r, "set", FIELD_NEEDED, &colours);
    } else if (control_field_word(r, "set", FIELD_NEEDED, "all|white|black-white|greys", &word)) {
        for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
            colours = strcmp(sets[i].name, word) == 0 ? sets[i].colours : colours;
    }
    if (r->error[0]) {
        control_answer_wrong(r);
        return;
    }
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddItemToObject(fields, "colours", control_colours_json(colours));
    control_answer_append(r, "palette", "*", fields, NULL);
}
