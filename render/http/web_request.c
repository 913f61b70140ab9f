/* SPDX-License-Identifier: ISC */
/* web_request: see web_request.h. */
#include "render/http/web_request.h"

#include <cJSON.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"
#include "http/form.h"
#include "render/http/web_reply.h"

const char *web_field(const struct web_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, name);
}

int web_query(const struct web_request *request, const char *name, char *value, size_t room)
{
    return form_get(request->query, request->query_len, name, value, room);
}

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

bool web_part(const struct web_request *request, unsigned n, const char **part, size_t *len)
{
    const char *at = request->path, *end = at + request->path_len;
    for (unsigned i = 0;; i++) {
        if (at == end)
            return false;
        at++; /* the slash */
        const char *slash = memchr(at, '/', (size_t)(end - at)), *stop = slash ? slash : end;
        if (i == n) {
            *part = at;
            *len = (size_t)(stop - at);
            return true;
        }
        at = stop;
    }
}
