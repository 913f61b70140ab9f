/* SPDX-License-Identifier: ISC */
/* event: a table of what may be in an event, and a copy of what is. */
#include "render/events/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/utf8.h"

enum {
    NUMBERS_MAX = 1024, /* of one array */
    WORKER_COLUMNS = 5,
};

static const double number_max = 9007199254740992.0; /* what a double counts exactly */

enum kind {
    ABSENT,  /* ends a table */
    TEXT,    /* UTF-8 of at most `most` bytes */
    HEX,     /* exactly so many digits */
    NUMBER,  /* not negative */
    FLAG,    /* true or false */
    NUMBERS, /* at most so many, of any sign */
    ROWS,    /* at most so many arrays of WORKER_COLUMNS numbers */
    OBJECTS, /* at most so many, of the members in `of` */
};

struct member {
    const char *name;
    enum kind kind;
    int most;
    bool needed;
    const struct member *of;
};

static const struct member pool_members[] = {
    {"name", TEXT, 47, true}, {"wanted", NUMBER}, {"waiting", NUMBER}, {"done", NUMBER},
    {"failed", NUMBER},       {"late", NUMBER},   {"crashed", NUMBER}, {"cpu_ms", NUMBER},
    {"bytes", NUMBER},        {"resting", FLAG},  {NULL, ABSENT},
};

#define MEMBERS (const struct member[])

static const struct {
    const char *name;
    const struct member *members;
} types[EVENT_TYPES] = {
    [EVENT_SERVER] = {"server", MEMBERS{{"t", TEXT, 16, true},
                                        {"server", HEX, EVENT_SERVER_CHARS, true},
                                        {"host", TEXT, EVENT_HOST_MAX},
                                        {"at", NUMBER},
                                        {"workers", ROWS, EVENT_WORKERS_MAX},
                                        {"pools", OBJECTS, EVENT_POOLS_MAX, false, pool_members},
                                        {NULL, ABSENT}}},
    [EVENT_GONE] = {"gone", MEMBERS{{"t", TEXT, 16, true},
                                    {"server", HEX, EVENT_SERVER_CHARS, true},
                                    {NULL, ABSENT}}},
    [EVENT_IMAGE] = {"image", MEMBERS{{"t", TEXT, 16, true},
                                      {"id", HEX, 64, true},
                                      {"type", TEXT, 32},
                                      {"width", NUMBER},
                                      {"height", NUMBER},
                                      {"bytes", NUMBER},
                                      {"at", NUMBER},
                                      {NULL, ABSENT}}},
    [EVENT_VARIANT] = {"variant", MEMBERS{{"t", TEXT, 16, true},
                                          {"id", HEX, 64, true},
                                          {"op", TEXT, EVENT_OP_MAX, true},
                                          {"state", TEXT, 16, true},
                                          {"ms", NUMBER},
                                          {"bytes", NUMBER},
                                          {NULL, ABSENT}}},
    [EVENT_BATCH] = {"batch", MEMBERS{{"t", TEXT, 16, true},
                                      {"id", TEXT, EVENT_BATCH_ID_MAX, true},
                                      {"style", TEXT, 64},
                                      {"zoom", NUMBERS, 2},
                                      {"box", NUMBERS, 4},
                                      {"scale", NUMBER},
                                      {"jobs", NUMBER},
                                      {"queued", NUMBER},
                                      {"done", NUMBER},
                                      {"failed", NUMBER},
                                      {"state", TEXT, 16, true},
                                      {"at", NUMBER},
                                      {"by", TEXT, EVENT_SERVER_CHARS},
                                      {NULL, ABSENT}}},
    [EVENT_DID] = {"did", MEMBERS{{"t", TEXT, 16, true},
                                  {"batch", TEXT, EVENT_BATCH_ID_MAX, true},
                                  {"by", TEXT, EVENT_SERVER_CHARS},
                                  {"done", NUMBERS, NUMBERS_MAX},
                                  {"failed", NUMBERS, NUMBERS_MAX},
                                  {NULL, ABSENT}}},
    [EVENT_DEAD] = {"dead", MEMBERS{{"t", TEXT, 16, true},
                                    {"topic", TEXT, 16},
                                    {"group", TEXT, 32},
                                    {"name", TEXT, 256, true},
                                    {"batch", TEXT, EVENT_BATCH_ID_MAX},
                                    {"why", TEXT, 256},
                                    {"attempts", NUMBER},
                                    {NULL, ABSENT}}},
};

static cJSON *copy_members(const cJSON *object, const struct member *members);

/* ---- copies of one value; NULL: it is something else, or no memory ---- */

static cJSON *copy_text(const cJSON *value, int most)
{
    if (!cJSON_IsString(value))
        return NULL;
    size_t len = strnlen(value->valuestring, (size_t)most + 1);
    if (len > (size_t)most || !utf8_valid((const uint8_t *)value->valuestring, len))
        return NULL;
    return cJSON_CreateString(value->valuestring);
}

static cJSON *copy_hex(const cJSON *value, int digits)
{
    if (!cJSON_IsString(value) ||
        strnlen(value->valuestring, (size_t)digits + 1) != (size_t)digits ||
        strspn(value->valuestring, "0123456789abcdef") != (size_t)digits)
        return NULL;
    return cJSON_CreateString(value->valuestring);
}

static cJSON *copy_number(const cJSON *value, double least)
{
    if (!cJSON_IsNumber(value) || !(value->valuedouble >= least) ||
        !(value->valuedouble <= number_max))
        return NULL;
    return cJSON_CreateNumber(value->valuedouble);
}

/* An array of at most `most` values, each copied by copy. */
static cJSON *copy_array(const cJSON *value, int most, const struct member *of,
                         cJSON *(*copy)(const cJSON *item, const struct member *of))
{
    if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) > most)
        return NULL;
    cJSON *array = cJSON_CreateArray();
    const cJSON *item;
    cJSON_ArrayForEach(item, value)
    {
        if (cJSON_AddItemToArray(array, copy(item, of)))
            continue;
        cJSON_Delete(array);
        return NULL;
    }
    return array;
}

static cJSON *copy_any_number(const cJSON *item, const struct member *of)
{
    return copy_number(item, -number_max);
}

static cJSON *copy_count(const cJSON *item, const struct member *of)
{
    return copy_number(item, 0);
}

static cJSON *copy_row(const cJSON *item, const struct member *of)
{
    return cJSON_GetArraySize(item) == WORKER_COLUMNS
               ? copy_array(item, WORKER_COLUMNS, NULL, copy_count)
               : NULL;
}

static cJSON *copy_value(const cJSON *value, const struct member *member)
{
    switch (member->kind) {
    case TEXT:
        return copy_text(value, member->most);
    case HEX:
        return copy_hex(value, member->most);
    case NUMBER:
        return copy_number(value, 0);
    case FLAG:
        return cJSON_IsBool(value) ? cJSON_CreateBool(cJSON_IsTrue(value)) : NULL;
    case NUMBERS:
        return copy_array(value, member->most, NULL, copy_any_number);
    case ROWS:
        return copy_array(value, member->most, NULL, copy_row);
    case OBJECTS:
        return copy_array(value, member->most, member->of, copy_members);
    case ABSENT:
        break;
    }
    return NULL;
}

/* An object of those members that are there and as they should be; NULL: one that is needed is
 * not. */
static cJSON *copy_members(const cJSON *object, const struct member *members)
{
    if (!cJSON_IsObject(object))
        return NULL;
    cJSON *copy = cJSON_CreateObject();
    for (const struct member *m = members; m->name; m++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, m->name);
        cJSON *good = value ? copy_value(value, m) : NULL;
        if (good ? !cJSON_AddItemToObject(copy, m->name, good) : m->needed) {
            cJSON_Delete(good);
            cJSON_Delete(copy);
            return NULL;
        }
    }
    return copy;
}

/* ---- the interface ---- */

static bool find_type(const cJSON *json, enum event_type *type)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "t"));
    for (int t = 0; name && t < EVENT_TYPES; t++) {
        if (strcmp(name, types[t].name) != 0)
            continue;
        *type = (enum event_type)t;
        return true;
    }
    return false;
}

static struct blob *print(const cJSON *json)
{
    char *text = cJSON_PrintUnformatted(json);
    struct blob *blob = text ? blob_create(strlen(text)) : NULL;
    if (blob)
        memcpy(blob->bytes, text, blob->len);
    cJSON_free(text);
    return blob;
}

bool event_read(struct event *event, const void *bytes, size_t len)
{
    *event = (struct event){0};
    cJSON *json = cJSON_ParseWithLength(bytes, len);
    if (find_type(json, &event->type))
        event->json = copy_members(json, types[event->type].members);
    cJSON_Delete(json);
    event->text = event->json ? print(event->json) : NULL;
    if (!event->text)
        event_finish(event);
    return event->text != NULL;
}

void event_finish(struct event *event)
{
    cJSON_Delete(event->json);
    blob_release(event->text);
    *event = (struct event){0};
}

const char *event_text(const struct cJSON *json, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
    return text ? text : "";
}

double event_number(const struct cJSON *json, const char *name)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(json, name);
    return cJSON_IsNumber(number) ? number->valuedouble : 0;
}
