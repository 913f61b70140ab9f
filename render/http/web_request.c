/* SPDX-License-Identifier: ISC */
/* web_request: see web_request.h. */
#include "render/http/web_request.h"

#include <microhttpd.h>
#include <string.h>

#include "http/form.h"

const char *web_field(const struct web_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, name);
}

int web_query(const struct web_request *request, const char *name, char *value, size_t room)
{
    return form_get(request->query, request->query_len, name, value, room);
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
