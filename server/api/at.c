/* SPDX-License-Identifier: ISC */
/* at: see at.h. */
#include "api/at.h"

#include <string.h>

#include "api/history.h"
#include "api/history_reply.h"
#include "core/decimal.h"
#include "core/rfc3339.h"
#include "http/form.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "plane/canvases.h"

enum { VALUE_BYTES = 64 };

static bool take_time(const char *text, size_t len, int64_t *time_ms)
{
    /* The '+' of an offset is a blank in a query, unless it is percent-coded. */
    char copy[VALUE_BYTES];
    const size_t sign = sizeof "+02:00" - 1;
    memcpy(copy, text, len);
    if (len > sign && copy[len - sign] == ' ')
        copy[len - sign] = '+';
    return decimal_parse_canonical(copy, len, 0, INT64_MAX, time_ms) ||
           rfc3339_parse(copy, len, time_ms);
}

static bool take_position(const char *text, size_t len, struct position *position)
{
    const char *comma = memchr(text, ',', len);
    int64_t gx, gy;
    if (!comma)
        return false;
    size_t before = (size_t)(comma - text);
    return decimal_parse_canonical(text, before, INT32_MIN, INT32_MAX, &gx) &&
           decimal_parse_canonical(comma + 1, len - before - 1, INT32_MIN, INT32_MAX, &gy) &&
           position_from(gx, gy, position);
}

static void refuse(struct http *http, const char *error)
{
    reply_error(http, (struct reply){.status = 400, .extra = "Cache-Control: no-store\r\n"}, error);
}

void at_get(struct http *http)
{
    const struct request *request = &http->request;
    struct canvases *canvases = http->site->canvases;
    struct history_name name = {.kind = HISTORY_TIME};
    char value[VALUE_BYTES];
    int64_t time_ms;
    int len = form_get(request->query, request->query_len, "t", value, sizeof value);
    if (len < 0 || !take_time(value, (size_t)len, &time_ms)) {
        refuse(http, "t: expected ms since 1970, or a time such as 2026-04-01T12:00:00Z");
        return;
    }
    len = form_get(request->query, request->query_len, "canvas", value, sizeof value);
    if (len != FORM_NONE && (len < 0 || !take_position(value, (size_t)len, &name.position))) {
        refuse(http, "canvas: expected GX,GY");
        return;
    }
    if (!http->site->history || !canvases_find(canvases, name.position)) {
        history_reply_none(http, http->site->history ? "no such canvas" : "no history is kept");
        return;
    }
    name.from = (uint64_t)time_ms;
    name.to = canvases_version(canvases);
    history_serve(http, name);
}
