/* SPDX-License-Identifier: ISC */
/* plane_info: see plane_info.h. */
#include "plane_info.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "core/decimal.h"

static bool parse_coordinate(const char *text, size_t len, int16_t *coordinate)
{
    int64_t value;
    if (!decimal_parse_canonical(text, len, POSITION_MIN, POSITION_MAX, &value))
        return false;
    *coordinate = (int16_t)value;
    return true;
}

bool plane_position(const char *text, struct position *position)
{
    size_t len = strcspn(text, ",");
    return text[len] == ',' && parse_coordinate(text, len, &position->gx) &&
           parse_coordinate(text + len + 1, strlen(text + len + 1), &position->gy);
}

static bool is_coordinate(const cJSON *item)
{
    return cJSON_IsNumber(item) && item->valuedouble >= POSITION_MIN &&
           item->valuedouble <= POSITION_MAX && item->valuedouble == (int)item->valuedouble;
}

int plane_open_canvases(const char *json, size_t len, struct position *positions, size_t max)
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
            positions[n++] =
                (struct position){.gx = (int16_t)x->valuedouble, .gy = (int16_t)y->valuedouble};
    }
    cJSON_Delete(info);
    return n;
}
