/* SPDX-License-Identifier: ISC */
/* history_reply: see history_reply.h. */
#include "api/history_reply.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/history_path.h"
#include "core/hex.h"
#include "http/field.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "plane/canvases.h"

#define IMMUTABLE "public, max-age=31536000, immutable, no-transform"

/* How long is it true? */
static const char *cache_control(enum history_kind kind)
{
    switch (kind) {
    case HISTORY_TAIL:
        return "public, max-age=1, no-transform";
    case HISTORY_INDEX:
    case HISTORY_PLANE_INDEX:
        return "public, max-age=5, no-transform";
    case HISTORY_PICTURE:
    case HISTORY_HEAT:
    case HISTORY_BLOCK:
    case HISTORY_EDITS:
    case HISTORY_TIME:
        break;
    }
    return IMMUTABLE;
}

static const char *media_type(enum history_kind kind)
{
    switch (kind) {
    case HISTORY_PICTURE:
    case HISTORY_HEAT:
        return "image/png";
    case HISTORY_INDEX:
    case HISTORY_PLANE_INDEX:
        return "application/json";
    case HISTORY_BLOCK:
    case HISTORY_TAIL:
    case HISTORY_EDITS:
    case HISTORY_TIME:
        break;
    }
    return "application/octet-stream";
}

static void release(void *answer)
{
    history_answer_release(answer);
}

void history_reply_answer(struct http *http, struct history_answer *answer)
{
    const char *match = request_field(&http->request, "if-none-match");
    uint8_t id[GENESIS_BYTES];
    char genesis[HEX_BYTES(GENESIS_BYTES)] = "", extra[512];
    if (canvases_genesis(http->site->canvases, id))
        hex_encode(genesis, id, GENESIS_BYTES);
    snprintf(extra, sizeof extra,
             "ETag: %s\r\nX-Canvas-Version: %" PRIu64
             "\r\nX-Canvas-Genesis: %s\r\nCache-Control: %s\r\n",
             answer->etag, answer->version, genesis, cache_control(answer->name.kind));
    bool known = match && field_none_match(match, answer->etag);
    reply_send(http, (struct reply){.status = known ? 304 : 200,
                                    .type = media_type(answer->name.kind),
                                    .extra = extra,
                                    .body = answer->bytes,
                                    .len = answer->len,
                                    .release = release,
                                    .owned = answer});
}

void history_reply_moved(struct http *http, struct history_name name)
{
    char path[HISTORY_PATH_BYTES], extra[64 + HISTORY_PATH_BYTES];
    history_path_write(http, name, path);
    /* Not to be kept, so that no visitor fills a cache with names that he has made up. */
    snprintf(extra, sizeof extra, "Location: %s\r\nCache-Control: no-store\r\n", path);
    reply_send(http, (struct reply){.status = 302, .extra = extra});
}

bool history_reply_respelled(struct http *http, struct history_name name)
{
    if (http->request.plain)
        return false;
    history_reply_moved(http, name);
    return true;
}

void history_reply_none(struct http *http, const char *error)
{
    reply_error(http, (struct reply){.status = 404, .extra = "Cache-Control: no-store\r\n"}, error);
}

void history_reply_busy(struct http *http, const char *error)
{
    reply_error(
        http,
        (struct reply){.status = 503, .extra = "Retry-After: 1\r\nCache-Control: no-store\r\n"},
        error);
}
