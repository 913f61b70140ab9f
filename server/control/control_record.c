/* SPDX-License-Identifier: ISC */
/* control_record: what is appended is read first as any server will read it. */
#include "control/control_record.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hex.h"
#include "core/utf8.h"

enum { VERSION = 1 };

static enum control_understood garbage(struct control_record *record, const char *what,
                                       char wrong[CONTROL_WRONG_BYTES])
{
    control_record_finish(record);
    snprintf(wrong, CONTROL_WRONG_BYTES, "%s", what);
    return CONTROL_GARBAGE;
}

/* How many bytes of white space text begins with. */
static size_t blank_len(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && memchr(" \t\r\n", text[n], 4))
        n++;
    return n;
}

/* One JSON text and nothing after it but white space. */
static cJSON *parse(const char *text, size_t len)
{
    const char *end = NULL;
    cJSON *json = cJSON_ParseWithLengthOpts(text, len, &end, false);
    size_t rest = json ? (size_t)(text + len - end) : 0;
    if (json && blank_len(end, rest) == rest)
        return json;
    cJSON_Delete(json);
    return NULL;
}

static const cJSON *member(const struct control_record *record, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(record->json, name);
}

/* Small letters and hyphens. */
static bool take_type(struct control_record *record)
{
    const cJSON *type = member(record, "t");
    size_t len = cJSON_IsString(type) ? strlen(type->valuestring) : 0;
    if (len == 0 || len >= CONTROL_TYPE_NAME ||
        strspn(type->valuestring, "abcdefghijklmnopqrstuvwxyz-") != len)
        return false;
    memcpy(record->type_name, type->valuestring, len + 1);
    record->type = control_type_find(record->type_name);
    return true;
}

static bool take_name(struct control_record *record)
{
    const cJSON *name = member(record, "name");
    return cJSON_IsString(name) &&
           control_name_canonical(record->type, name->valuestring, record->name);
}

/* A freeze that is off is none. */
static bool is_gone(const struct control_record *record)
{
    return cJSON_IsTrue(member(record, "gone")) ||
           (record->type == CONTROL_FREEZE && cJSON_IsFalse(member(record, "on")));
}

enum control_understood control_record_read(struct control_record *record, const uint8_t *bytes,
                                            size_t len, char wrong[CONTROL_WRONG_BYTES])
{
    memset(record, 0, sizeof *record);
    if (len > CONTROL_RECORD_MAX)
        return garbage(record, "it is longer than 4096 bytes", wrong);
    if (len == 0 || !utf8_valid(bytes, len) || memchr(bytes, '\0', len)) /* empty: maybe NULL */
        return garbage(record, "it is not UTF-8", wrong);
    record->json = parse((const char *)bytes, len);
    if (!cJSON_IsObject(record->json))
        return garbage(record, "it is no JSON object", wrong);
    record->text = (const char *)bytes;
    record->len = len;
    while (strchr(" \t\r\n", bytes[record->len - 1])) /* an object ends with a brace */
        record->len--;
    if (!take_type(record))
        return garbage(record, "\"t\" is not a type", wrong);
    if (!take_name(record))
        return garbage(record, "\"name\" is not a name for its type", wrong);
    record->gone = is_gone(record);
    record->must = cJSON_IsTrue(member(record, "must"));
    const cJSON *version = member(record, "v");
    if (!cJSON_IsNumber(version) || version->valuedouble != VERSION ||
        record->type == CONTROL_UNKNOWN)
        return CONTROL_FOREIGN;
    if (!record->gone && control_meaning_read(record->type, record->name, record->json,
                                              &record->meaning, wrong) != 0)
        return CONTROL_MALFORMED;
    return CONTROL_READ;
}

void control_record_finish(struct control_record *record)
{
    cJSON_Delete(record->json);
    record->json = NULL;
}

/* A type has no characters that JSON would escape; but any character may be written as an escape.
 * A record without a value (on Kafka, a tombstone) has no bytes to look at. */
bool control_record_is_not(const uint8_t *bytes, size_t len, const char *type)
{
    char quoted[CONTROL_TYPE_NAME + 2];
    int n = snprintf(quoted, sizeof quoted, "\"%s\"", type);
    if (len == 0)
        return true;
    return !memchr(bytes, '\\', len) && !memmem(bytes, len, quoted, (size_t)n);
}

/* ---- making ---- */

static bool sets_what_is_not_its_own(const cJSON *fields)
{
    static const char *const ours[] = {"v", "t", "name", "rid", "by", "role", "why", "at"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (cJSON_GetObjectItemCaseSensitive(fields, ours[i]))
            return true;
    }
    return false;
}

/* The fields after what says what they are, and before who did it and why. */
static char *print(const char *type, const char *name, cJSON *fields,
                   const struct control_actor *actor, uint64_t request_id, int64_t at_ms)
{
    char rid[HEX_U64_BYTES];
    cJSON *record = cJSON_CreateObject();
    cJSON_AddNumberToObject(record, "v", VERSION);
    cJSON_AddStringToObject(record, "t", type);
    cJSON_AddStringToObject(record, "name", name);
    for (cJSON *field; fields && (field = fields->child);) {
        char *key = field->string; /* stays with the item until it gets another */
        cJSON_DetachItemViaPointer(fields, field);
        char *copy = strdup(key ? key : "");
        if (!copy || !cJSON_AddItemToObject(record, copy, field))
            cJSON_Delete(field);
        free(copy);
    }
    hex_from_u64(rid, request_id);
    cJSON_AddStringToObject(record, "rid", rid);
    cJSON_AddStringToObject(record, "by", actor->name);
    cJSON_AddStringToObject(record, "role", control_role_name(actor->role));
    if (actor->why[0])
        cJSON_AddStringToObject(record, "why", actor->why);
    cJSON_AddNumberToObject(record, "at", (double)at_ms);
    char *text = cJSON_PrintUnformatted(record);
    cJSON_Delete(record);
    return text;
}

char *control_record_write(const char *type, const char *name, cJSON *fields,
                           const struct control_actor *actor, uint64_t request_id, int64_t at_ms,
                           char wrong[CONTROL_WRONG_BYTES])
{
    struct control_record read;
    char canonical[CONTROL_NAME];
    if (sets_what_is_not_its_own(fields)) {
        snprintf(wrong, CONTROL_WRONG_BYTES, "a field has the name of one that all records have");
        cJSON_Delete(fields);
        return NULL;
    }
    bool named = control_name_canonical(control_type_find(type), name, canonical);
    char *text = print(type, named ? canonical : name, fields, actor, request_id, at_ms);
    cJSON_Delete(fields);
    if (!text) {
        snprintf(wrong, CONTROL_WRONG_BYTES, "out of memory");
        return NULL;
    }
    enum control_understood reading =
        control_record_read(&read, (const uint8_t *)text, strlen(text), wrong);
    if (reading == CONTROL_FOREIGN)
        snprintf(wrong, CONTROL_WRONG_BYTES, "%s is no type of record", type);
    control_record_finish(&read);
    if (reading == CONTROL_READ)
        return text;
    free(text);
    return NULL;
}
