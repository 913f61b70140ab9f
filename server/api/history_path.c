/* SPDX-License-Identifier: ISC */
/* history_path: see history_path.h. */
#include "api/history_path.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "http/http.h"
#include "http/site.h"
#include "plane/canvases.h"

enum { NAME_BYTES = 8 }; /* of the genesis id are a log's name in a path */

/* The log's name as a number; false while it has none. */
static bool log_name(const struct http *http, uint64_t *name)
{
    uint8_t genesis[GENESIS_BYTES];
    if (!canvases_genesis(http->site->canvases, genesis))
        return false;
    *name = 0;
    for (size_t i = 0; i < NAME_BYTES; i++)
        *name = *name << 8 | genesis[i];
    return true;
}

const char *history_path_log(const struct http *http)
{
    uint64_t name;
    if (!http->site->history)
        return "no history is kept";
    if (!log_name(http, &name) || name != (uint64_t)http->numbers[0])
        return "no such log";
    return NULL;
}

const char *history_path_canvas(const struct http *http, struct position *position)
{
    const char *error = history_path_log(http);
    if (!error && (!position_from(http->numbers[1], http->numbers[2], position) ||
                   !canvases_find(http->site->canvases, *position)))
        error = "no such canvas";
    return error;
}

void history_path_write(const struct http *http, struct history_name name,
                        char path[HISTORY_PATH_BYTES])
{
    uint64_t log = 0;
    log_name(http, &log);
    int n = snprintf(path, HISTORY_PATH_BYTES, "/h/%016" PRIx64 "/", log);
    char *rest = path + n;
    size_t room = HISTORY_PATH_BYTES - (size_t)n;
    if (name.kind != HISTORY_PLANE_INDEX) {
        n = snprintf(rest, room, "%d,%d/", name.position.gx, name.position.gy);
        rest += n;
        room -= (size_t)n;
    }
    switch (name.kind) {
    case HISTORY_PICTURE:
        snprintf(rest, room, "%" PRIu64 ".png", name.from);
        break;
    case HISTORY_HEAT:
        snprintf(rest, room, "heat/%" PRIu64 "-%" PRIu64 ".png", name.from, name.to);
        break;
    case HISTORY_BLOCK:
        snprintf(rest, room, "%" PRIu64 ".bin", name.from);
        break;
    case HISTORY_TAIL:
        snprintf(rest, room, "tail.bin");
        break;
    case HISTORY_EDITS:
        snprintf(rest, room, "edits/%" PRIu64, name.from);
        break;
    case HISTORY_INDEX:
    case HISTORY_PLANE_INDEX:
    case HISTORY_TIME: /* has no path of its own, and is moved to a picture */
        snprintf(rest, room, "index.json");
        break;
    }
}
