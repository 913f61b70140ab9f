/* SPDX-License-Identifier: ISC */
/* do_canvas: see do_canvas.h. */
#include "do_canvas.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/columns.h"
#include "core/position.h"
#include "do_region.h"
#include "options.h"
#include "values.h"

static int set(struct ctl *ctl, const struct arguments *arguments, bool open)
{
    int64_t x, y;
    const char *at = arguments->values[OPTION_AT];
    if (!value_pair(arguments->words[0], POSITION_MIN, POSITION_MAX, &x, &y))
        return ctl_wrong(ctl, "GX,GY", "a canvas, -1024 to 1023 each", arguments->words[0]);
    cJSON *body = cJSON_CreateObject();
    cJSON_AddNumberToObject(body, "x", (double)x);
    cJSON_AddNumberToObject(body, "y", (double)y);
    cJSON_AddBoolToObject(body, "open", open);
    if (!add_time(ctl, body, OPTION_AT, "at") || !add_time(ctl, body, OPTION_UNTIL, "until")) {
        cJSON_Delete(body);
        return ctl->status;
    }
    cJSON *answer = ctl_post(ctl, "canvas", body);
    return ctl_end(ctl, answer, "canvas %s %s%s%s (action %" PRIu64 ")", arguments->words[0],
                   open ? "opens" : "closes", at ? " at " : " now", at ? at : "",
                   ctl_number(answer, "action"));
}

int do_canvas_open(struct ctl *ctl, const struct arguments *arguments)
{
    return set(ctl, arguments, true);
}

int do_canvas_close(struct ctl *ctl, const struct arguments *arguments)
{
    return set(ctl, arguments, false);
}

static int show(struct ctl *ctl, cJSON *canvases)
{
    static const struct column columns[] = {
        {"canvas", NULL, COLUMN_PLACE},       {"open", "open", COLUMN_TEXT},
        {"version", "version", COLUMN_COUNT}, {"opens or closes", "from", COLUMN_TIME},
        {"until", "until", COLUMN_TIME},      {"by", "by", COLUMN_TEXT},
        {"why", "why", COLUMN_TEXT},
    };
    return columns_print(stdout, canvases, columns, sizeof columns / sizeof *columns, ctl->now_ms,
                         "no canvas is open or was ever painted") == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

int do_canvases(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "canvases"), show);
}

int do_palette(struct ctl *ctl, const struct arguments *arguments)
{
    static const char *const sets[] = {"all", "white", "black-white", "greys"};
    const char *text = arguments->words[0];
    uint16_t colours;
    bool named = false;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        named |= strcmp(text, sets[i]) == 0;
    if (!named && !value_colours(text, &colours))
        return ctl_wrong(ctl, "COLOURS",
                         "all, white, black-white, greys, or colours with commas between them",
                         text);
    cJSON *body = cJSON_CreateObject();
    if (named)
        cJSON_AddStringToObject(body, "set", text);
    else
        add_colours(body, "set", colours);
    cJSON *answer = ctl_post(ctl, "palette", body);
    return ctl_end(ctl, answer, "the colours are: %s (action %" PRIu64 ")", text,
                   ctl_number(answer, "action"));
}
