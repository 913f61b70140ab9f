/* SPDX-License-Identifier: ISC */
/* parameters: see parameters.h. A parameter that is there twice, in whatever ways, is an error. */
#include "api/parameters.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"
#include "http/field.h"
#include "http/form.h"
#include "http/http.h"

enum { VALUE_BYTES = 32 };

/* One parameter as text: its length, or what form_get says. text: it is a word, not a number. */
static int find_text(const struct parameters *from, const char *name, bool text,
                     char value[VALUE_BYTES])
{
    const struct request *request = from->request;
    int in_query = form_get(request->query, request->query_len, name, value, VALUE_BYTES);
    if (from->json) {
        const cJSON *found = NULL, *item;
        cJSON_ArrayForEach(item, from->json)
        {
            if (strcmp(item->string, name) != 0)
                continue;
            if (found || in_query != FORM_NONE)
                return FORM_TWICE;
            found = item;
        }
        if (!found)
            return in_query;
        if (text ? !cJSON_IsString(found) : !cJSON_IsNumber(found))
            return FORM_LONG;
        int len = text ? snprintf(value, VALUE_BYTES, "%s", found->valuestring)
                       : snprintf(value, VALUE_BYTES, "%.15g", found->valuedouble);
        return len < VALUE_BYTES ? len : FORM_LONG;
    }
    if (!from->form)
        return in_query;
    char other[VALUE_BYTES];
    int in_body = form_get(request->body, request->body_read, name, other, sizeof other);
    if (in_body == FORM_NONE)
        return in_query;
    if (in_query != FORM_NONE)
        return FORM_TWICE;
    if (in_body >= 0)
        memcpy(value, other, (size_t)in_body + 1);
    return in_body;
}

bool parameters_has(const struct parameters *from, const char *name)
{
    char value[VALUE_BYTES];
    return find_text(from, name, false, value) != FORM_NONE;
}

int parameters_number(const struct parameters *from, const char *name, int64_t min, int64_t max,
                      int64_t *number, char error[PARAMETERS_ERROR_BYTES])
{
    char value[VALUE_BYTES];
    uint64_t parsed;
    int len = find_text(from, name, false, value);
    bool negative = len > 0 && min < 0 && value[0] == '-';
    if (len >= negative && decimal_parse(value + negative, (size_t)(len - negative),
                                         (uint64_t)(negative ? -min : max), &parsed)) {
        *number = negative ? -(int64_t)parsed : (int64_t)parsed;
        if (*number >= min)
            return 0;
    }
    snprintf(error, PARAMETERS_ERROR_BYTES, "%s: expected one whole number from %lld to %lld", name,
             (long long)min, (long long)max);
    return -1;
}

int parameters_word(const struct parameters *from, const char *name, const char *const *words,
                    size_t n, char error[PARAMETERS_ERROR_BYTES])
{
    char value[VALUE_BYTES];
    int len = find_text(from, name, true, value);
    for (size_t i = 0; len >= 0 && i < n; i++)
        if (strlen(words[i]) == (size_t)len && memcmp(words[i], value, (size_t)len) == 0)
            return (int)i;
    int at = snprintf(error, PARAMETERS_ERROR_BYTES, "%s: expected one of", name);
    for (size_t i = 0; i < n && at < PARAMETERS_ERROR_BYTES; i++)
        at += snprintf(error + at, (size_t)(PARAMETERS_ERROR_BYTES - at), "%s %s", i > 0 ? "," : "",
                       words[i]);
    return -1;
}

/* A JSON object is recognised by its brace: curl -d calls it a form, and a page's fetch calls it
 * text. */
unsigned parameters_read(struct parameters *from, const struct request *request, const char *names,
                         char error[PARAMETERS_ERROR_BYTES])
{
    *from = (struct parameters){.request = request};
    const char *type = request_field(request, "content-type");
    const char *body = request->body;
    size_t len = request->body_read, blank = 0;
    if (len == 0)
        return 0;
    bool json = type && field_is_type(type, "application/json");
    from->form = type && field_is_type(type, "application/x-www-form-urlencoded");
    if (type && !json && !from->form && !field_is_type(type, "text/plain")) {
        snprintf(error, PARAMETERS_ERROR_BYTES, "%s",
                 "content-type: expected application/json or application/x-www-form-urlencoded");
        return 415;
    }
    while (blank < len && strchr(" \t\r\n", body[blank]) && body[blank])
        blank++;
    if (!json && (blank == len || body[blank] != '{'))
        return 0;
    char text[HTTP_BODY_MAX + 1]; /* with a NUL behind it, so that "whole" can be asked for */
    memcpy(text, body, len);
    text[len] = '\0';
    from->json =
        memchr(text, '\0', len) ? NULL : cJSON_ParseWithLengthOpts(text, len + 1, NULL, true);
    if (cJSON_IsObject(from->json))
        return 0;
    snprintf(error, PARAMETERS_ERROR_BYTES, "body: expected a JSON object of %s", names);
    return 400;
}

void parameters_finish(struct parameters *from)
{
    cJSON_Delete(from->json);
    from->json = NULL;
}
