/* SPDX-License-Identifier: ISC */
/* info_rules: see info_rules.h. Bans are nobody's business. */
#include "api/info_rules.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "core/canvas.h"
#include "net/loop_state.h"
#include "rules/rules.h"

static void add_colours(cJSON *json, uint16_t colours)
{
    cJSON *list = cJSON_AddArrayToObject(json, "colours");
    for (unsigned i = 0; i < CANVAS_COLOURS; i++) {
        if (colours >> i & 1)
            cJSON_AddItemToArray(list, cJSON_CreateNumber(i));
    }
}

static void add_time(cJSON *json, const char *name, int64_t time_ms)
{
    if (time_ms != 0)
        cJSON_AddNumberToObject(json, name, (double)time_ms);
    else
        cJSON_AddNullToObject(json, name);
}

static cJSON *region_json(const struct region *region)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "name", region->name);
    cJSON_AddNumberToObject(json, "x", region->x);
    cJSON_AddNumberToObject(json, "y", region->y);
    cJSON_AddNumberToObject(json, "w", region->w);
    cJSON_AddNumberToObject(json, "h", region->h);
    cJSON_AddBoolToObject(json, "closed", region->closed);
    cJSON_AddNumberToObject(json, "factor", region->percent / 100.0);
    if (region->colours == RULESET_ALL_COLOURS)
        cJSON_AddNullToObject(json, "colours");
    else
        add_colours(json, region->colours);
    add_time(json, "from", region->from_ms);
    add_time(json, "until", region->until_ms);
    cJSON_AddStringToObject(json, "words", region->words);
    return json;
}

/* The regions' text is that of these rules from now on. False when out of memory. */
static bool write_regions(struct loop *loop, const struct ruleset_parts *parts)
{
    if (loop->regions.text && loop->regions.serial == parts->serial)
        return true;
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < parts->n_regions; i++)
        cJSON_AddItemToArray(list, region_json(&parts->regions[i]));
    free(loop->regions.text);
    loop->regions.text = cJSON_PrintUnformatted(list);
    loop->regions.serial = parts->serial;
    cJSON_Delete(list);
    return loop->regions.text != NULL;
}

void info_rules_add(cJSON *json, struct loop *loop)
{
    struct ruleset *ruleset = rules_current(loop->config.rules);
    const struct ruleset_parts *parts = ruleset_parts(ruleset);
    cJSON_AddNumberToObject(json, "rules", (double)parts->serial);
    cJSON_AddBoolToObject(json, "frozen", parts->frozen);
    add_colours(json, parts->colours);
    if (write_regions(loop, parts))
        cJSON_AddRawToObject(json, "regions", loop->regions.text);
    ruleset_unref(ruleset);
}
