/* SPDX-License-Identifier: ISC */
/* do_region: see do_region.h. */
#include "do_region.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/columns.h"
#include "common/region.h"
#include "options.h"
#include "values.h"

enum { FACTOR_MAX = 1000 };

bool add_time(struct ctl *ctl, struct cJSON *body, enum option_id option, const char *name)
{
    const char *text = ctl->arguments->values[option];
    char what[40];
    int64_t ms;
    if (!text)
        return true;
    if (value_time(text, ctl->now_ms, &ms)) {
        cJSON_AddNumberToObject(body, name, (double)ms);
        return true;
    }
    snprintf(what, sizeof what, "--%s", ctl->arguments->program->options[option].name);
    ctl->status = ctl_wrong(ctl, what, VALUES_TIME, text);
    return false;
}

void add_colours(struct cJSON *body, const char *name, uint16_t colours)
{
    cJSON *list = cJSON_AddArrayToObject(body, name);
    for (unsigned i = 0; i < CANVAS_COLOURS; i++) {
        if (colours >> i & 1U)
            cJSON_AddItemToArray(list, cJSON_CreateNumber(i));
    }
}

/* What the command line says of a region, as members of the body. The exit status. */
static int describe(struct ctl *ctl, const struct arguments *arguments, cJSON *body)
{
    struct region place;
    const char *factor = arguments->values[OPTION_FACTOR];
    const char *colours = arguments->values[OPTION_COLOURS];
    const char *words = arguments->values[OPTION_WORDS];
    uint64_t hundredths;
    uint16_t bits;
    if (!region_parse(arguments->words[1], &place))
        return ctl_wrong(ctl, "X,Y,W,H", "a rectangle in pixels of the plane", arguments->words[1]);
    if (!option_given(arguments, OPTION_CLOSED) && !factor && !colours)
        return ctl_wrong(ctl, "the rule", "--closed, --factor or --colours", "none of them");
    cJSON_AddStringToObject(body, "name", arguments->words[0]);
    cJSON_AddNumberToObject(body, "x", place.x);
    cJSON_AddNumberToObject(body, "y", place.y);
    cJSON_AddNumberToObject(body, "w", place.width);
    cJSON_AddNumberToObject(body, "h", place.height);
    if (option_given(arguments, OPTION_CLOSED))
        cJSON_AddTrueToObject(body, "closed");
    if (factor && !value_hundredths(factor, FACTOR_MAX * 100, &hundredths))
        return ctl_wrong(ctl, "--factor", "a number from 0 to 1000, such as 0.5", factor);
    if (factor)
        cJSON_AddNumberToObject(body, "factor", (double)hundredths / 100);
    if (colours && !value_colours(colours, &bits))
        return ctl_wrong(ctl, "--colours", "names or numbers with commas between them", colours);
    if (colours)
        add_colours(body, "colours", bits);
    if (words)
        cJSON_AddStringToObject(body, "words", words);
    if (!add_time(ctl, body, OPTION_FROM, "from") || !add_time(ctl, body, OPTION_UNTIL, "until"))
        return ctl->status;
    return EXIT_DONE;
}

int do_region_add(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *body = cJSON_CreateObject();
    int status = describe(ctl, arguments, body);
    if (status != EXIT_DONE) {
        cJSON_Delete(body);
        return status;
    }
    cJSON *answer = ctl_post(ctl, "region", body);
    return ctl_end(ctl, answer, "region %s is set (action %" PRIu64 ")", arguments->words[0],
                   ctl_number(answer, "action"));
}

int do_region_rm(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "name", arguments->words[0]);
    cJSON *answer = ctl_post(ctl, "region/remove", body);
    return ctl_end(ctl, answer, "region %s is gone (action %" PRIu64 ")", arguments->words[0],
                   ctl_number(answer, "action"));
}

static int show(struct ctl *ctl, cJSON *regions)
{
    static const struct column columns[] = {
        {"name", "name", COLUMN_TEXT},         {"x,y,w,h", NULL, COLUMN_RECT},
        {"closed", "closed", COLUMN_TEXT},     {"costs times", "factor", COLUMN_TEXT},
        {"colours", "colours", COLUMN_COLOUR}, {"from", "from", COLUMN_TIME},
        {"until", "until", COLUMN_UNTIL},      {"words", "words", COLUMN_TEXT},
    };
    return columns_print(stdout, regions, columns, sizeof columns / sizeof *columns, ctl->now_ms,
                         "there are no regions: the same rules hold everywhere") == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

int do_regions(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "regions"), show);
}

static int freeze(struct ctl *ctl, const struct arguments *arguments, bool on)
{
    const char *region = arguments->n > 0 ? arguments->words[0] : NULL;
    cJSON *body = cJSON_CreateObject();
    if (region)
        cJSON_AddStringToObject(body, "region", region);
    cJSON_AddBoolToObject(body, "on", on);
    cJSON *answer = ctl_post(ctl, "freeze", body);
    return ctl_end(ctl, answer, "%s %s (action %" PRIu64 ")", region ? region : "the whole plane",
                   on ? "is frozen: nobody draws there" : "takes edits again",
                   ctl_number(answer, "action"));
}

int do_freeze(struct ctl *ctl, const struct arguments *arguments)
{
    return freeze(ctl, arguments, true);
}

int do_thaw(struct ctl *ctl, const struct arguments *arguments)
{
    return freeze(ctl, arguments, false);
}
