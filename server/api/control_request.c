/* SPDX-License-Identifier: ISC */
/*
 * control_request: see control_request.h. A query becomes an object of texts, so that all fields
 * are looked for in one way.
 */
#include "api/control_request.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"
#include "core/edit.h"
#include "core/utf8.h"
#include "http/field.h"
#include "http/form.h"
#include "http/http.h"

enum {
    AUTHOR_DIGITS = 16,
    QUERY_VALUE_BYTES = 256,
    DELETE = 0x7f,
};

void control_field_wrong(struct control_request *r, const char *name, const char *expected)
{
    if (!r->error[0])
        snprintf(r->error, sizeof r->error, "%.40s: expected %.200s", name, expected);
}

/* Is the name of this length in the list? */
static bool is_listed(const char *names, const char *name, size_t len)
{
    for (const char *at = names; *at;) {
        size_t n = strcspn(at, " ");
        if (n == len && memcmp(at, name, n) == 0)
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

/* A name that somebody has made up goes into an answer only when it is harmless there. */
static void unknown_name(struct control_request *r, const char *name, size_t len, const char *names)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    bool harmless = len > 0 && len <= 40 && strspn(name, letters) >= len;
    snprintf(r->error, sizeof r->error, "%.*s: no such field; expected %.180s",
             harmless ? (int)len : 1, harmless ? name : "?", *names ? names : "none");
}

/* ---- a body */

static bool read_body(struct control_request *r, const char *names)
{
    const struct request *request = &r->http->request;
    const char *type = request_field(request, "content-type");
    size_t len = request->body_read;
    char text[HTTP_BODY_MAX + 1]; /* with a NUL behind it, so that "whole" can be asked for */
    if (type && !field_is_type(type, "application/json")) {
        snprintf(r->error, sizeof r->error, "content-type: expected application/json");
        return false;
    }
    if (len > 0)
        memcpy(text, request->body, len);
    text[len] = '\0';
    bool good = len > 0 && !memchr(text, '\0', len) && utf8_valid((const uint8_t *)text, len);
    r->fields = good ? cJSON_ParseWithLengthOpts(text, len + 1, NULL, true) : NULL;
    if (!cJSON_IsObject(r->fields)) {
        snprintf(r->error, sizeof r->error, "body: expected a JSON object");
        return false;
    }
    const cJSON *member;
    cJSON_ArrayForEach(member, r->fields)
    {
        if (!is_listed(names, member->string, strlen(member->string))) {
            unknown_name(r, member->string, strlen(member->string), names);
            return false;
        }
        for (const cJSON *other = member->next; other; other = other->next) {
            if (strcmp(member->string, other->string) == 0) {
                control_field_wrong(r, member->string, "it once");
                return false;
            }
        }
    }
    return true;
}

/* ---- a query */

static bool add_parameter(struct control_request *r, const char *name, size_t name_len)
{
    const struct request *request = &r->http->request;
    char key[QUERY_VALUE_BYTES], value[QUERY_VALUE_BYTES];
    memcpy(key, name, name_len);
    key[name_len] = '\0';
    int len = form_get(request->query, request->query_len, key, value, sizeof value);
    if (len >= 0 && strlen(value) == (size_t)len && utf8_valid((const uint8_t *)value, (size_t)len))
        return cJSON_AddStringToObject(r->fields, key, value) != NULL;
    control_field_wrong(r, key,
                        len == FORM_TWICE ? "it once" : "a value of at most 255 bytes of UTF-8");
    return false;
}

static bool read_query(struct control_request *r, const char *names)
{
    const struct request *request = &r->http->request;
    r->fields = cJSON_CreateObject();
    if (!r->fields)
        return false;
    const char *end = request->query + request->query_len;
    for (const char *at = request->query; at < end;) {
        size_t left = (size_t)(end - at);
        const char *stop = memchr(at, '&', left);
        size_t len = stop ? (size_t)(stop - at) : left;
        const char *equals = memchr(at, '=', len);
        size_t name = equals ? (size_t)(equals - at) : len;
        if (len > 0 && !is_listed(names, at, name)) {
            unknown_name(r, at, name, names);
            return false;
        }
        if (len > 0 && !add_parameter(r, at, name))
            return false;
        at += len + 1;
    }
    return true;
}

bool control_request_read(struct control_request *r, struct http *http, const char *names)
{
    r->http = http;
    r->query = http->request.method != METHOD_POST;
    return r->query ? read_query(r, names) : read_body(r, names);
}

/* ---- fields */

/* The member; NULL: missing, which is told when it is needed. */
static const cJSON *find(struct control_request *r, const char *name, enum field_need need,
                         const char *expected)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(r->fields, name);
    if (found && !cJSON_IsNull(found))
        return found;
    if (need == FIELD_NEEDED)
        control_field_wrong(r, name, expected);
    return NULL;
}

bool control_field_number(struct control_request *r, const char *name, enum field_need need,
                          int64_t min, int64_t max, const char *words, int64_t *value)
{
    char expected[128];
    if (words)
        snprintf(expected, sizeof expected, "%s", words);
    else
        snprintf(expected, sizeof expected, "a whole number from %lld to %lld", (long long)min,
                 (long long)max);
    const cJSON *found = find(r, name, need, expected);
    if (!found)
        return false;
    int64_t number;
    if (r->query && decimal_parse_canonical(found->valuestring, strlen(found->valuestring), min,
                                            max, &number)) {
        *value = number;
        return true;
    }
    /* Within 2^53, which all our limits are, a double is exact. */
    if (!r->query && cJSON_IsNumber(found) && found->valuedouble >= (double)min &&
        found->valuedouble <= (double)max && found->valuedouble == floor(found->valuedouble)) {
        *value = (int64_t)found->valuedouble;
        return true;
    }
    control_field_wrong(r, name, expected);
    return false;
}

bool control_field_bool(struct control_request *r, const char *name, enum field_need need,
                        bool *value)
{
    const cJSON *found = find(r, name, need, "true or false");
    if (!found)
        return false;
    if (r->query &&
        (strcmp(found->valuestring, "1") == 0 || strcmp(found->valuestring, "0") == 0)) {
        *value = found->valuestring[0] == '1';
        return true;
    }
    if (cJSON_IsBool(found)) {
        *value = cJSON_IsTrue(found);
        return true;
    }
    control_field_wrong(r, name, r->query ? "0 or 1" : "true or false");
    return false;
}

/* Control characters: C0, DEL, and C1, which some terminals obey, too (c2 80 to c2 9f in UTF-8). */
static bool has_control(const char *text)
{
    for (const uint8_t *c = (const uint8_t *)text; *c; c++) {
        if (*c < ' ' || *c == DELETE || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0))
            return true;
    }
    return false;
}

bool control_field_text(struct control_request *r, const char *name, enum field_need need,
                        size_t max, const char **value)
{
    char expected[80];
    snprintf(expected, sizeof expected, "a text of 1 to %zu bytes without control characters", max);
    const cJSON *found = find(r, name, need, expected);
    if (!found)
        return false;
    size_t len = cJSON_IsString(found) ? strlen(found->valuestring) : 0;
    /* An escape in JSON can make what is no UTF-8: half of a pair. */
    if (len == 0 || len > max || has_control(found->valuestring) ||
        !utf8_valid((const uint8_t *)found->valuestring, len)) {
        control_field_wrong(r, name, expected);
        return false;
    }
    *value = found->valuestring;
    return true;
}

bool control_field_name(struct control_request *r, const char *name, enum field_need need,
                        size_t max, const char **value)
{
    static const char letters[] =
        "-._abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char expected[80];
    snprintf(expected, sizeof expected, "1 to %zu of the letters a-z, A-Z, 0-9 and -._", max);
    const cJSON *found = find(r, name, need, expected);
    if (!found)
        return false;
    const char *text = cJSON_IsString(found) ? found->valuestring : "";
    size_t len = strlen(text);
    if (len == 0 || len > max || *text == '-' || strspn(text, letters) != len) {
        control_field_wrong(r, name, expected);
        return false;
    }
    *value = text;
    return true;
}

bool control_field_word(struct control_request *r, const char *name, enum field_need need,
                        const char *words, const char **value)
{
    char expected[128];
    snprintf(expected, sizeof expected, "one of %s", words);
    const cJSON *found = find(r, name, need, expected);
    if (!found)
        return false;
    const char *text = cJSON_IsString(found) ? found->valuestring : "";
    size_t len = strlen(text);
    for (const char *at = words; *text && *at;) {
        size_t n = strcspn(at, "|");
        if (n == len && memcmp(at, text, n) == 0) {
            *value = text;
            return true;
        }
        at += n + (at[n] == '|');
    }
    control_field_wrong(r, name, expected);
    return false;
}

bool control_author_parse(const char *text, uint64_t *author)
{
    uint64_t sum = 0;
    if (strlen(text) != AUTHOR_DIGITS || strspn(text, "0123456789abcdef") != AUTHOR_DIGITS)
        return false;
    for (const char *c = text; *c; c++)
        sum = sum << 4 | (uint64_t)(*c <= '9' ? *c - '0' : *c - 'a' + 10);
    *author = sum;
    return true;
}

bool control_field_author(struct control_request *r, const char *name, enum field_need need,
                          const char **text, uint64_t *author)
{
    static const char expected[] =
        "an author, 16 small hexadecimal digits (a name like "
        "amber-fox-41 can mean several)";
    const cJSON *found = find(r, name, need, expected);
    if (!found)
        return false;
    if (!cJSON_IsString(found) || !control_author_parse(found->valuestring, author)) {
        control_field_wrong(r, name, expected);
        return false;
    }
    *text = found->valuestring;
    return true;
}

bool control_field_colours(struct control_request *r, const char *name, enum field_need need,
                           uint16_t *colours)
{
    static const char expected[] = "a list of colours, whole numbers from 0 to 15";
    const cJSON *found = find(r, name, need, expected), *colour;
    if (!found)
        return false;
    uint16_t bits = 0;
    bool good = cJSON_IsArray(found) && found->child;
    cJSON_ArrayForEach(colour, found)
    {
        double index = cJSON_IsNumber(colour) ? colour->valuedouble : -1;
        good = good && index >= 0 && index < CANVAS_COLOURS && index == floor(index);
        if (good)
            bits = (uint16_t)(bits | 1U << (unsigned)index);
    }
    if (!good) {
        control_field_wrong(r, name, expected);
        return false;
    }
    *colours = bits;
    return true;
}

/* ---- the fields of a record */

struct cJSON *control_colours_json(uint16_t colours)
{
    cJSON *list = cJSON_CreateArray();
    for (unsigned i = 0; i < CANVAS_COLOURS; i++) {
        if (colours >> i & 1U)
            cJSON_AddItemToArray(list, cJSON_CreateNumber(i));
    }
    return list;
}
