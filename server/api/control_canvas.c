/* SPDX-License-Identifier: ISC */
/* control_canvas: see control_canvas.h. */
#include "api/control_canvas.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "api/control_answer.h"
#include "api/control_request.h"
#include "core/position.h"
#include "http/http.h"
#include "http/site.h"

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

void control_canvas_list(struct control_request *r)
{
    control_answer(r, control_list(r->http->site->control, "canvas"));
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
