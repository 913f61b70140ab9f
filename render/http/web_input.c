/* SPDX-License-Identifier: ISC */
/* web_input: see web_input.h. */
#include "render/http/web_input.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"
#include "http/form.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

int web_query_number(struct web_request *request, const char *name, uint64_t min, uint64_t max,
                     uint64_t *number)
{
    char value[32], error[128];
    int len = web_query(request, name, value, sizeof value);
    if (len == FORM_NONE)
        return 0;
    if (len > 0 && decimal_parse(value, (size_t)len, max, number) && *number >= min)
        return 0;
    snprintf(error, sizeof error, "\"%s\": expected a whole number from %llu to %llu", name,
             (unsigned long long)min, (unsigned long long)max);
    web_reply_error(request, 400, error);
    return -1;
}

struct cJSON *web_json(struct web_request *request)
{
    struct cJSON *json = NULL;
    if (!memchr(request->body, '\0', request->body_len))
        json = cJSON_ParseWithLengthOpts(request->body, request->body_len + 1, NULL, true);
    if (cJSON_IsObject(json))
        return json;
    cJSON_Delete(json);
    web_reply_error(request, 400, "expected a JSON object");
    return NULL;
}
