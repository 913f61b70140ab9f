/* SPDX-License-Identifier: ISC */
/* task_record: see task_record.h. */
#include "render/batch/task_record.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "core/hex.h"
#include "core/json.h"

static const char not_json[] = "the record is no JSON object of at most 4096 bytes";

static cJSON *parse(const uint8_t *value, size_t len)
{
    if (len == 0 || len > TASK_RECORD_BYTES)
        return NULL;
    cJSON *json = cJSON_ParseWithLength((const char *)value, len);
    if (cJSON_IsObject(json))
        return json;
    cJSON_Delete(json);
    return NULL;
}

static const char *text_of(const cJSON *json, const char *member)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, member));
}

static bool read_name(struct picture *picture, const char *name)
{
    return name && picture_parse(picture, name, strnlen(name, PICTURE_NAME_BYTES));
}

bool task_record_is_batch(const char *text)
{
    uint64_t id;
    return text && strnlen(text, TASK_BATCH_CHARS + 1) == TASK_BATCH_CHARS && hex_to_u64(text, &id);
}

const char *task_record_read_upload(struct task_record *record, enum picture_op op,
                                    const uint8_t *value, size_t len)
{
    char name[PICTURE_NAME_BYTES];
    *record = (struct task_record){0};
    cJSON *json = parse(value, len);
    if (!json)
        return not_json;
    const char *id = text_of(json, "id");
    bool good = id && strnlen(id, PICTURE_ID_CHARS + 1) == PICTURE_ID_CHARS;
    if (good) {
        snprintf(name, sizeof name, "/images/%s/%s", id, picture_op_name(op));
        good = read_name(&record->first, name);
    }
    cJSON_Delete(json);
    return good ? NULL : "id: expected 64 small hexadecimal digits";
}

static const char *read_tile(struct task_record *record, const cJSON *json)
{
    struct picture picture;
    const cJSON *batch = cJSON_GetObjectItemCaseSensitive(json, "batch");
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(json, "n");
    if (!read_name(&picture, text_of(json, "name")) || picture.kind == PICTURE_IMAGE)
        return "name: expected the name of a tile";
    if (picture_job(&picture, &record->first) != 0)
        return "name: expected the first picture of a job";
    if (batch) {
        if (!task_record_is_batch(batch->valuestring))
            return "batch: expected 16 small hexadecimal digits";
        memcpy(record->batch, batch->valuestring, TASK_BATCH_CHARS);
    }
    if (n) {
        if (!cJSON_IsNumber(n) || !(n->valuedouble >= 0 && n->valuedouble < 9e15) ||
            n->valuedouble != (double)(uint64_t)n->valuedouble)
            return "n: expected a whole number";
        record->n = (uint64_t)n->valuedouble;
    }
    return NULL;
}

const char *task_record_read_tile(struct task_record *record, const uint8_t *value, size_t len)
{
    *record = (struct task_record){0};
    cJSON *json = parse(value, len);
    const char *wrong = json ? read_tile(record, json) : not_json;
    cJSON_Delete(json);
    return wrong;
}

size_t task_record_write_tile(char text[TASK_RECORD_BYTES], const struct task_record *record)
{
    char name[PICTURE_NAME_BYTES];
    struct json json;
    picture_format(&record->first, name);
    json_begin(&json, text, TASK_RECORD_BYTES);
    json_text(&json, "name", name);
    if (*record->batch) {
        json_text(&json, "batch", record->batch);
        json_u64(&json, "n", record->n);
    }
    return json_end(&json);
}

size_t task_record_write_upload(char text[TASK_RECORD_BYTES], const struct task_record *record)
{
    struct json json;
    json_begin(&json, text, TASK_RECORD_BYTES);
    json_text(&json, "id", record->first.id);
    return json_end(&json);
}
