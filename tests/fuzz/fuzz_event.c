/* SPDX-License-Identifier: ISC */
/*
 * fuzz_event: records of the topic of events, a line each, folded into a view. What is kept of one
 * is one line of UTF-8, and nothing more is left out of that when it is read again; the view is
 * good JSON whatever was folded.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "core/utf8.h"
#include "render/events/view.h"

static void check(int good)
{
    if (!good)
        abort();
}

static void fold(struct view *view, const uint8_t *record, size_t len, int64_t time_ms)
{
    struct event event, again;
    uint8_t *copy = malloc(len ? len : 1); /* of the exact size, so that a read beyond it is seen */
    check(copy != NULL);
    if (len > 0)
        memcpy(copy, record, len);
    bool good = event_read(&event, copy, len);
    free(copy);
    if (!good)
        return;
    check(utf8_valid(event.text->bytes, event.text->len));
    check(!memchr(event.text->bytes, '\n', event.text->len));
    check(!memchr(event.text->bytes, '\r', event.text->len));
    check(event_read(&again, event.text->bytes, event.text->len));
    check(again.text->len == event.text->len &&
          memcmp(again.text->bytes, event.text->bytes, again.text->len) == 0);
    event_finish(&again);
    view_fold(view, &event, time_ms, time_ms);
    event_finish(&event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct view *view = view_create();
    struct view_pool pools[VIEW_POOLS];
    char server[EVENT_SERVER_CHARS + 1];
    int64_t time_ms = 1;
    check(view != NULL);
    while (len > 0) {
        const uint8_t *end = memchr(data, '\n', len);
        size_t n = end ? (size_t)(end - data) : len;
        fold(view, data, n, time_ms += 1000);
        data += end ? n + 1 : n;
        len -= end ? n + 1 : n;
    }
    check(view_pools(view, pools) <= VIEW_POOLS);
    struct blob *snapshot = view_snapshot(view);
    check(snapshot && !memchr(snapshot->bytes, '\n', snapshot->len));
    cJSON *json = cJSON_ParseWithLength((const char *)snapshot->bytes, snapshot->len);
    check(cJSON_IsObject(json));
    cJSON_Delete(json);
    blob_release(snapshot);
    while (view_expire(view, time_ms + 60000, server))
        ;
    check(view_servers(view) == 0);
    view_destroy(view);
    return 0;
}
