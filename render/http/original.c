/* SPDX-License-Identifier: ISC */
/* original: see original.h. */
#include "render/http/original.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"

static size_t write_as(const struct original *original, bool event, char text[ORIGINAL_JSON_BYTES])
{
    struct json json;
    json_begin(&json, text, ORIGINAL_JSON_BYTES);
    if (event)
        json_text(&json, "t", "image");
    json_text(&json, "id", original->id);
    json_text(&json, "type", header_media_type(original->type));
    json_u64(&json, "width", original->width);
    json_u64(&json, "height", original->height);
    json_u64(&json, "bytes", original->bytes);
    json_i64(&json, event ? "at" : "time", original->time_ms);
    return json_end(&json);
}

size_t original_write(const struct original *original, char json[ORIGINAL_JSON_BYTES])
{
    return write_as(original, false, json);
}

size_t original_event(const struct original *original, char json[ORIGINAL_JSON_BYTES])
{
    return write_as(original, true, json);
}

/* A whole number from 0 to most. */
static bool number(const cJSON *json, const char *name, double most, double *value)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(json, name);
    if (!cJSON_IsNumber(member) || !(member->valuedouble >= 0 && member->valuedouble <= most))
        return false;
    *value = member->valuedouble;
    return true;
}

static bool read_type(const cJSON *json, enum header_type *type)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "type"));
    for (int i = 0; text && i < HEADER_TYPES; i++)
        if (strcmp(text, header_media_type((enum header_type)i)) == 0) {
            *type = (enum header_type)i;
            return true;
        }
    return false;
}

bool original_read(struct original *original, const char *id, const uint8_t *bytes, size_t len)
{
    const double exact = 9007199254740991; /* what a double can say */
    double width, height, size, time;
    cJSON *json = cJSON_ParseWithLength((const char *)bytes, len);
    const char *said = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "id"));
    const bool good = said && strcmp(said, id) == 0 && original_id_good(id, strlen(id)) &&
                      read_type(json, &original->type) &&
                      number(json, "width", INT32_MAX, &width) &&
                      number(json, "height", INT32_MAX, &height) &&
                      number(json, "bytes", exact, &size) && number(json, "time", exact, &time);
    cJSON_Delete(json);
    if (!good)
        return false;
    snprintf(original->id, sizeof original->id, "%s", id);
    original->width = (uint32_t)width;
    original->height = (uint32_t)height;
    original->bytes = (uint64_t)size;
    original->time_ms = (int64_t)time;
    return true;
}

bool original_id_good(const char *id, size_t len)
{
    return len == PICTURE_ID_CHARS && strspn(id, "0123456789abcdef") >= PICTURE_ID_CHARS;
}

void original_name(const char *id, const char *part, char name[ORIGINAL_NAME_BYTES])
{
    snprintf(name, ORIGINAL_NAME_BYTES, "/images/%.*s/%s", PICTURE_ID_CHARS, id, part);
}
