/* SPDX-License-Identifier: ISC */
/* do_person: see do_person.h. */
#include "do_person.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/columns.h"
#include "common/region.h"
#include "common/text.h"
#include "options.h"
#include "values.h"

enum { REQUEST_BYTES = 128 };

#define AUTHOR "an author, 16 small hexadecimal digits"

/* ---- who ---- */

static int show_changes(struct ctl *ctl, cJSON *answer)
{
    static const struct column colour = {"", "colour", COLUMN_COLOUR};
    static const struct column columns[] = {
        {"when", "time", COLUMN_TIME},       {"version", "version", COLUMN_COUNT},
        {"colour", "colour", COLUMN_COLOUR}, {"author", "author", COLUMN_TEXT},
        {"name", "name", COLUMN_TEXT},       {"net", "net", COLUMN_NETWORK},
        {"action", "action", COLUMN_TEXT},
    };
    char cell[COLUMNS_CELL], version[TEXT_BYTES];
    columns_cell(cell, answer, &colour, ctl->now_ms);
    text_count(version, ctl_number(answer, "version"));
    printf("%s is %s, version %s\n", ctl->arguments->words[0], *cell ? cell : "blank", version);
    return columns_print(stdout, cJSON_GetObjectItemCaseSensitive(answer, "changes"), columns,
                         sizeof columns / sizeof *columns, ctl->now_ms,
                         "nobody ever painted it") == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

int do_who(struct ctl *ctl, const struct arguments *arguments)
{
    char request[REQUEST_BYTES];
    int64_t x, y;
    if (!value_pair(arguments->words[0], REGION_MIN, REGION_END - 1, &x, &y))
        return ctl_wrong(ctl, "X,Y", "a pixel of the plane", arguments->words[0]);
    snprintf(request, sizeof request, "who?x=%" PRId64 "&y=%" PRId64 "%s", x, y,
             option_given(arguments, OPTION_ALL) ? "&all=1" : "");
    return ctl_end_list(ctl, ctl_get(ctl, request), show_changes);
}

/* ---- one author ---- */

static bool is_author(const char *text)
{
    return strlen(text) == 16 && strspn(text, "0123456789abcdef") == 16;
}

static cJSON *get_author(struct ctl *ctl, const char *what, const char *author)
{
    char request[REQUEST_BYTES];
    if (!is_author(author)) {
        ctl->status = ctl_wrong(ctl, "AUTHOR", AUTHOR, author);
        return NULL;
    }
    snprintf(request, sizeof request, "%s?a=%s", what, author);
    return ctl_get(ctl, request);
}

static cJSON *post_author(struct ctl *ctl, const char *what, const char *author, bool full)
{
    if (!is_author(author)) {
        ctl->status = ctl_wrong(ctl, "AUTHOR", AUTHOR, author);
        return NULL;
    }
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "a", author);
    if (full)
        cJSON_AddTrueToObject(body, "full");
    return ctl_post(ctl, what, body);
}

static void show_line(const char *what, const cJSON *row, const struct column *column,
                      int64_t now_ms)
{
    char cell[COLUMNS_CELL];
    columns_cell(cell, row, column, now_ms);
    if (*cell)
        printf("%-12s %s\n", what, cell);
}

static int show_identity(struct ctl *ctl, cJSON *answer)
{
    static const struct column lines[] = {
        {"author", "author", COLUMN_TEXT},       {"name", "name", COLUMN_TEXT},
        {"first seen", "first", COLUMN_TIME},    {"last seen", "last", COLUMN_TIME},
        {"forgotten", "forgotten", COLUMN_TIME},
    };
    static const struct column networks[] = {{"network", "net", COLUMN_NETWORK},
                                             {"first seen", "first", COLUMN_TIME},
                                             {"last seen", "last", COLUMN_TIME}};
    static const struct column bans[] = {{"ban", "name", COLUMN_TEXT},
                                         {"until", "until", COLUMN_UNTIL},
                                         {"slowed", "slow", COLUMN_TEXT},
                                         {"by", "by", COLUMN_TEXT},
                                         {"why", "why", COLUMN_TEXT}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        show_line(lines[i].head, answer, &lines[i], ctl->now_ms);
    int failed = columns_print(stdout, cJSON_GetObjectItemCaseSensitive(answer, "networks"),
                               networks, 3, ctl->now_ms, "no network is known");
    failed |= columns_print(stdout, cJSON_GetObjectItemCaseSensitive(answer, "bans"), bans, 5,
                            ctl->now_ms, "not banned");
    return failed ? ctl_fail(ctl, "no memory") : EXIT_DONE;
}

int do_identity(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, get_author(ctl, "identity", arguments->words[0]), show_identity);
}

int do_forget(struct ctl *ctl, const struct arguments *arguments)
{
    const char *author = arguments->words[0];
    if (is_author(author) &&
        !ctl_confirm(ctl, "What is known of %s is deleted and cannot be had again. Go on", author))
        return EXIT_FAILED;
    cJSON *answer = post_author(ctl, "forget", author, false);
    return ctl_end(ctl, answer, "%s is forgotten (action %" PRIu64 ")", author,
                   ctl_number(answer, "action"));
}

static int show_energy(struct ctl *ctl, cJSON *answer)
{
    static const struct column policy = {"", "policy", COLUMN_TEXT};
    char cell[COLUMNS_CELL];
    const cJSON *available = cJSON_GetObjectItemCaseSensitive(answer, "energy");
    columns_cell(cell, answer, &policy, ctl->now_ms);
    if (!cJSON_IsNumber(available))
        printf("policy %s: nobody's energy is counted\n", cell);
    else
        printf("policy %s: %.1f s of %.1f s\n", cell, available->valuedouble / 1000,
               (double)ctl_number(answer, "capacity") / 1000);
    return EXIT_DONE;
}

int do_energy(struct ctl *ctl, const struct arguments *arguments)
{
    const char *author = arguments->words[0];
    if (!option_given(arguments, OPTION_FULL))
        return ctl_end_list(ctl, get_author(ctl, "energy", author), show_energy);
    cJSON *answer = post_author(ctl, "energy", author, true);
    return ctl_end(ctl, answer, "%s has a full charge (action %" PRIu64 ")", author,
                   ctl_number(answer, "action"));
}
