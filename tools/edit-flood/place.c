/* SPDX-License-Identifier: ISC */
/* place: see place.h. */
#include "place.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* One coordinate, which ends at `end`. */
static bool parse_coordinate(const char *text, const char *end, int16_t *value)
{
    const char *digits = text + (*text == '-');
    size_t n = (size_t)(end - digits);
    if (n < 1 || n > 4 || strspn(digits, "0123456789") < n || (digits[0] == '0' && end - text > 1))
        return false;
    long number = strtol(text, NULL, 10);
    *value = (int16_t)number;
    return number >= PLACE_MIN && number <= PLACE_MAX;
}

bool place_parse(const char *text, struct place *place)
{
    const char *comma = strchr(text, ',');
    return comma && parse_coordinate(text, comma, &place->x) &&
           parse_coordinate(comma + 1, comma + 1 + strlen(comma + 1), &place->y);
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
