/* SPDX-License-Identifier: ISC */
/* do_status: see do_status.h. */
#include "do_status.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/columns.h"
#include "common/text.h"
#include "options.h"
#include "values.h"

enum {
    REQUEST_BYTES = 80,
    AUDIT_USUAL = 50,
    AUDIT_MOST = 1000,
};

/* One line, when the server says something of it. */
static void line(struct ctl *ctl, const cJSON *json, const struct column *column)
{
    char cell[COLUMNS_CELL];
    columns_cell(cell, json, column, ctl->now_ms);
    if (*cell)
        printf("%-16s %s\n", column->head, cell);
}

static int show_status(struct ctl *ctl, cJSON *answer)
{
    static const struct column lines[] = {
        {"program", "program", COLUMN_TEXT},    {"log", "genesis", COLUMN_TEXT},
        {"version", "version", COLUMN_COUNT},   {"log is writable", "writable", COLUMN_TEXT},
        {"rules known", "ready", COLUMN_TEXT},  {"frozen", "frozen", COLUMN_TEXT},
        {"people", "people", COLUMN_COUNT},     {"servers", "servers", COLUMN_COUNT},
        {"bans", "bans", COLUMN_COUNT},         {"regions", "regions", COLUMN_COUNT},
        {"tokens", "tokens", COLUMN_COUNT},     {"reports", "reports", COLUMN_COUNT},
        {"suspects", "suspects", COLUMN_COUNT}, {"control log", "control", COLUMN_COUNT},
    };
    static const struct column policy = {"energy", "policy", COLUMN_TEXT};
    static const struct column job[] = {
        {"job", "job", COLUMN_TEXT},      {"what", "kind", COLUMN_TEXT},
        {"by", "by", COLUMN_TEXT},        {"state", "state", COLUMN_TEXT},
        {"done", "done", COLUMN_PERCENT}, {"error", "error", COLUMN_TEXT},
    };
    const cJSON *token = cJSON_GetObjectItemCaseSensitive(answer, "token");
    char name[TEXT_BYTES], role[TEXT_BYTES];
    text_clean(name, sizeof name, ctl_text(token, "name"));
    text_clean(role, sizeof role, ctl_text(token, "role"));
    printf("%-16s %s (%s)\n", "you are", name, role);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        line(ctl, answer, &lines[i]);
    line(ctl, cJSON_GetObjectItemCaseSensitive(answer, "energy"), &policy);
    const cJSON *newest = cJSON_GetObjectItemCaseSensitive(answer, "job");
    if (!cJSON_IsObject(newest))
        return EXIT_DONE;
    cJSON *list = cJSON_CreateArray();
    cJSON_AddItemToArray(list, cJSON_Duplicate(newest, true));
    putchar('\n');
    int failed = columns_print(stdout, list, job, sizeof job / sizeof *job, ctl->now_ms, "");
    cJSON_Delete(list);
    return failed ? ctl_fail(ctl, "no memory") : EXIT_DONE;
}

int do_status(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "status"), show_status);
}

static int show_audit(struct ctl *ctl, cJSON *answer)
{
    static const struct column columns[] = {
        {"action", "action", COLUMN_TEXT}, {"when", "at", COLUMN_TIME}, {"by", "by", COLUMN_TEXT},
        {"what", "t", COLUMN_TEXT},        {"of", "name", COLUMN_TEXT}, {"why", "why", COLUMN_TEXT},
        {"how", NULL, COLUMN_DETAILS}, /* the last: it can be long */
    };
    return columns_print(stdout, answer, columns, sizeof columns / sizeof *columns, ctl->now_ms,
                         "nobody has done anything") == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

int do_audit(struct ctl *ctl, const struct arguments *arguments)
{
    const char *before = arguments->values[OPTION_BEFORE], *count = arguments->values[OPTION_COUNT];
    char request[REQUEST_BYTES];
    uint64_t n = AUDIT_USUAL, action = 0;
    if (before && !value_number(before, 1, UINT32_MAX, &action))
        return ctl_wrong(ctl, "--before", "the number of an action", before);
    if (count && !value_number(count, 1, AUDIT_MOST, &n))
        return ctl_wrong(ctl, "--count", "a number from 1 to 1000", count);
    int len = snprintf(request, sizeof request, "audit?n=%" PRIu64, n);
    if (action > 0)
        snprintf(request + len, sizeof request - (size_t)len, "&before=%" PRIu64, action);
    return ctl_end_list(ctl, ctl_get(ctl, request), show_audit);
}
