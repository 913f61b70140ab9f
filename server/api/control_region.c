/* SPDX-License-Identifier: ISC */
/* control_region: see control_region.h. */
#include "api/control_region.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "api/control_answer.h"
#include "api/control_lists.h"
#include "api/control_request.h"
#include "core/edit.h"
#include "core/position.h"
#include "http/http.h"
#include "http/site.h"
#include "rules/ruleset.h"

enum {
    PLANE_MIN = POSITION_MIN * CANVAS_WIDTH,
    PLANE_END = (POSITION_MAX + 1) * CANVAS_WIDTH,
    FACTOR_MAX = 1000,
};

#define EVERYWHERE "*"

static struct cJSON *make_list(struct site *site, uint64_t a, uint64_t b)
{
    return control_list(site->control, "region");
}

void control_region_list(struct control_request *r)
{
    control_lists_answer(r, make_list, 0, 0);
}

static bool read_name(struct control_request *r, const char *field, enum field_need need,
                      const char **name)
{
    if (!control_field_text(r, field, need, RULESET_NAME - 1, name))
        return false;
    if (strcmp(*name, EVERYWHERE) != 0)
        return true;
    control_field_wrong(r, field, "another name than *, which means everywhere");
    return false;
}

/* One side of the rectangle, of which all must lie in the plane. */
static void take_side(struct control_request *r, cJSON *fields, const char *begin, const char *size)
{
    int64_t at = 0, n = 1;
    control_field_number(r, begin, FIELD_NEEDED, PLANE_MIN, PLANE_END - 1, NULL, &at);
    control_field_number(r, size, FIELD_NEEDED, 1, PLANE_END - PLANE_MIN, NULL, &n);
    if (at + n > PLANE_END)
        control_field_wrong(r, size, "the rectangle to end in the plane");
    cJSON_AddNumberToObject(fields, begin, (double)at);
    cJSON_AddNumberToObject(fields, size, (double)n);
}

/* What an edit costs there, in hundredths exactly. */
static bool take_factor(struct control_request *r, cJSON *fields)
{
    const cJSON *factor = cJSON_GetObjectItemCaseSensitive(r->fields, "factor");
    if (!factor || cJSON_IsNull(factor))
        return false;
    double percent = cJSON_IsNumber(factor) ? round(factor->valuedouble * 100) : -1;
    if (!(percent >= 0 && percent <= FACTOR_MAX * 100) ||
        fabs(percent / 100 - factor->valuedouble) > 1e-9)
        control_field_wrong(r, "factor", "a number from 0 to 1000 with at most two decimals");
    cJSON_AddNumberToObject(fields, "factor", percent / 100);
    return true;
}

/* When it holds. */
static void take_times(struct control_request *r, cJSON *fields)
{
    int64_t from = 0, until = 0;
    if (control_field_number(r, "from", FIELD_OPTIONAL, 1, CONTROL_TIME_MAX, CONTROL_TIME, &from))
        cJSON_AddNumberToObject(fields, "from", (double)from);
    if (control_field_number(r, "until", FIELD_OPTIONAL, 1, CONTROL_TIME_MAX, CONTROL_TIME, &until))
        cJSON_AddNumberToObject(fields, "until", (double)until);
    if (from && until && until <= from)
        control_field_wrong(r, "until", "a time after \"from\"");
}

void control_region_post(struct control_request *r)
{
    cJSON *fields = cJSON_CreateObject();
    const char *name = NULL, *words;
    bool closed = false;
    uint16_t colours;
    read_name(r, "name", FIELD_NEEDED, &name);
    take_side(r, fields, "x", "w");
    take_side(r, fields, "y", "h");
    bool rule = control_field_bool(r, "closed", FIELD_OPTIONAL, &closed) && closed;
    cJSON_AddBoolToObject(fields, "closed", closed);
    rule = take_factor(r, fields) || rule;
    if (control_field_colours(r, "colours", FIELD_OPTIONAL, &colours)) {
        cJSON_AddItemToObject(fields, "colours", control_colours_json(colours));
        rule = true;
    }
    take_times(r, fields);
    if (control_field_text(r, "words", FIELD_OPTIONAL, RULESET_WORDS - 1, &words))
        cJSON_AddStringToObject(fields, "words", words);
    if (!rule)
        control_field_wrong(r, "closed", "true, or a factor, or colours: else it rules nothing");
    if (r->error[0]) {
        cJSON_Delete(fields);
        control_answer_wrong(r);
        return;
    }
    control_answer_append(r, "region", name, fields, NULL);
}

void control_region_post_remove(struct control_request *r)
{
    const char *name = NULL;
    if (read_name(r, "name", FIELD_NEEDED, &name))
        control_answer_remove(r, "region", name, "name: there is no such region");
    else
        control_answer_wrong(r);
}

void control_region_post_freeze(struct control_request *r)
{
    const char *name = EVERYWHERE;
    bool on = true;
    read_name(r, "region", FIELD_OPTIONAL, &name);
    control_field_bool(r, "on", FIELD_NEEDED, &on);
    if (r->error[0]) {
        control_answer_wrong(r);
        return;
    }
    if (!on) {
        control_answer_remove(r, "freeze", name, "region: it is not frozen");
        return;
    }
    if (strcmp(name, EVERYWHERE) != 0) {
        cJSON *region = control_get(r->http->site->control, "region", name);
        cJSON_Delete(region);
        if (!region) {
            control_answer_error(r, 404, "region: there is no such region");
            return;
        }
    }
    control_answer_append(r, "freeze", name, cJSON_CreateObject(), NULL);
}
