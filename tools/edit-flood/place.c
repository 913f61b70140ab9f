/* SPDX-License-Identifier: ISC */
/* place: see place.h. */
#include "place.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "core/decimal.h"

static bool parse_coordinate(const char *text, size_t len, int16_t *coordinate)
{
    int64_t value;
    if (!decimal_parse_canonical(text, len, PLACE_MIN, PLACE_MAX, &value))
        return false;
    *coordinate = (int16_t)value;
    return true;
}

bool place_parse(const char *text, struct place *place)
{
    size_t len = strcspn(text, ",");
    return text[len] == ',' && parse_coordinate(text, len, &place->x) &&
           parse_coordinate(text + len + 1, strlen(text + len + 1), &place->y);
}

static bool is_coordinate(const cJSON *item)
{
    return cJSON_IsNumber(item) && item->valuedouble >= PLACE_MIN &&
           item->valuedouble <= PLACE_MAX && item->valuedouble == (int)item->valuedouble;
}

int place_parse_info(const char *json, size_t len, struct place *places, size_t max)
{
    cJSON *info = cJSON_ParseWithLength(json, len);
    const cJSON *canvases = cJSON_GetObjectItemCaseSensitive(info, "canvases"), *canvas;
    int n = cJSON_IsArray(canvases) ? 0 : -1;
    cJSON_ArrayForEach(canvas, canvases)
    {
        const cJSON *x = cJSON_GetObjectItemCaseSensitive(canvas, "x");
        const cJSON *y = cJSON_GetObjectItemCaseSensitive(canvas, "y");
        if (!is_coordinate(x) || !is_coordinate(y)) {
            n = -1;
            break;
        }
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(canvas, "open")) && (size_t)n < max)
            places[n++] =
                (struct place){.x = (int16_t)x->valuedouble, .y = (int16_t)y->valuedouble};
    }
    cJSON_Delete(info);
    return n;
}
