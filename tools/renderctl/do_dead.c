/* SPDX-License-Identifier: ISC */
/* do_dead: see do_dead.h. */
#include "do_dead.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/columns.h"
#include "options.h"
#include "values.h"

enum {
    PATH_BYTES = 48,
    USUAL = 100,
    MOST = 1000,
};

static int show_dead(struct ctl *ctl, cJSON *answer)
{
    static const struct column columns[] = {
        {"offset", "offset", COLUMN_TEXT}, {"when", "time", COLUMN_TIME},
        {"group", "group", COLUMN_TEXT},   {"attempts", "attempts", COLUMN_COUNT},
        {"name", "name", COLUMN_TEXT},     {"why", "why", COLUMN_TEXT},
    };
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(answer, "dead");
    if (columns_print(stdout, list, columns, sizeof columns / sizeof *columns, ctl->now_ms,
                      "there are none") != 0)
        return ctl_fail(ctl, "no memory");
    uint64_t count = ctl_number(answer, "count"), shown = (uint64_t)cJSON_GetArraySize(list);
    if (count > shown && !ctl->quiet)
        fprintf(stderr, "%" PRIu64 " more: see --count\n", count - shown);
    return EXIT_DONE;
}

int do_dead(struct ctl *ctl, const struct arguments *arguments)
{
    const char *count = arguments->values[OPTION_COUNT];
    char path[PATH_BYTES];
    uint64_t n = USUAL;
    if (count && !value_number(count, 1, MOST, &n))
        return ctl_wrong(ctl, "--count", "a number from 1 to 1000", count);
    snprintf(path, sizeof path, "/admin/dead?n=%" PRIu64, n);
    return ctl_end_list(ctl, ctl_get(ctl, path), show_dead);
}

static int show_requeued(struct ctl *ctl, cJSON *answer)
{
    uint64_t unknown = ctl_number(answer, "unknown"), failed = ctl_number(answer, "failed"),
             no_task = ctl_number(answer, "no_task");
    if (!ctl->quiet)
        printf("%" PRIu64 " are tried again\n", ctl_number(answer, "requeued"));
    if (no_task > 0)
        ctl_fail(ctl, "%" PRIu64 " never were tasks: they stay in the list", no_task);
    if (unknown > 0)
        ctl_fail(ctl, "%" PRIu64 " are no dead letters, or not any more", unknown);
    if (failed > 0)
        ctl_fail(ctl, "%" PRIu64 " could not be put into the queue: try later", failed);
    return unknown > 0 || failed > 0 ? EXIT_FAILED : EXIT_DONE;
}

int do_requeue(struct ctl *ctl, const struct arguments *arguments)
{
    bool all = option_given(arguments, OPTION_ALL);
    if (all == (arguments->n > 0))
        return ctl_wrong(ctl, "OFFSET", "offsets, or --all", all ? "both" : "neither");
    cJSON *body = cJSON_CreateObject();
    if (all)
        cJSON_AddBoolToObject(body, "all", true);
    cJSON *list = all ? NULL : cJSON_AddArrayToObject(body, "offsets");
    for (size_t i = 0; i < arguments->n; i++) {
        uint64_t offset;
        if (!value_number(arguments->words[i], 0, INT64_C(8999999999999999), &offset)) {
            cJSON_Delete(body);
            return ctl_wrong(ctl, "OFFSET", "a number, as `renderctl dead` shows it",
                             arguments->words[i]);
        }
        cJSON_AddItemToArray(list, cJSON_CreateNumber((double)offset));
    }
    return ctl_end_list(ctl, ctl_post(ctl, "/admin/dead/requeue", body), show_requeued);
}
