/* SPDX-License-Identifier: ISC */
/* do_watch: see do_watch.h. */
#include "do_watch.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/columns.h"
#include "common/text.h"
#include "do_region.h"
#include "job.h"
#include "options.h"
#include "values.h"

enum { THRESHOLD_MAX = 1000000000 };

/* ---- reports ---- */

static int show_reports(struct ctl *ctl, cJSON *reports)
{
    static const struct column columns[] = {
        {"report", "name", COLUMN_TEXT},   {"x,y,w,h", NULL, COLUMN_RECT},
        {"reason", "reason", COLUMN_TEXT}, {"by", "count", COLUMN_COUNT},
        {"first", "first", COLUMN_TIME},   {"last", "last", COLUMN_TIME},
    };
    return columns_print(stdout, reports, columns, sizeof columns / sizeof *columns, ctl->now_ms,
                         "no report is open") == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

int do_reports(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "reports"), show_reports);
}

int do_report_close(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "id", arguments->words[0]);
    cJSON *answer = ctl_post(ctl, "report/close", body);
    return ctl_end(ctl, answer, "report %s is closed (action %" PRIu64 ")", arguments->words[0],
                   ctl_number(answer, "action"));
}

/* ---- suspects and rules ---- */

static int show_suspects(struct ctl *ctl, cJSON *suspects)
{
    static const struct column columns[] = {
        {"rule", "rule", COLUMN_TEXT},        {"network", "net", COLUMN_NETWORK},
        {"cell", "cell", COLUMN_TEXT},        {"score", "score", COLUMN_COUNT},
        {"authors", "authors", COLUMN_COUNT}, {"since", "since", COLUMN_TIME},
        {"last", "last", COLUMN_TIME},
    };
    static const struct column authors[] = {{"  author", "author", COLUMN_TEXT},
                                            {"name", "name", COLUMN_TEXT},
                                            {"network", "net", COLUMN_NETWORK}};
    static const struct column networks[] = {{"  network", "net", COLUMN_NETWORK},
                                             {"authors", "authors", COLUMN_COUNT}};
    const size_t n = sizeof columns / sizeof *columns;
    int failed = 0;
    const cJSON *suspect;
    if (cJSON_GetArraySize(suspects) == 0)
        puts("nobody is suspected");
    cJSON_ArrayForEach(suspect, suspects)
    {
        cJSON *one = cJSON_CreateArray();
        const cJSON *top = cJSON_GetObjectItemCaseSensitive(suspect, "top");
        const cJSON *nets = cJSON_GetObjectItemCaseSensitive(suspect, "networks");
        cJSON_AddItemToArray(one, cJSON_Duplicate(suspect, true));
        failed |= columns_print(stdout, one, columns, n, ctl->now_ms, "");
        if (cJSON_GetArraySize(top) > 0)
            failed |= columns_print(stdout, top, authors, 3, ctl->now_ms, "");
        if (cJSON_GetArraySize(nets) > 0)
            failed |= columns_print(stdout, nets, networks, 2, ctl->now_ms, "");
        if (suspect->next)
            putchar('\n');
        cJSON_Delete(one);
    }
    return failed ? ctl_fail(ctl, "no memory") : EXIT_DONE;
}

int do_suspects(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "suspects"), show_suspects);
}

static int show_rules(struct ctl *ctl, cJSON *rules)
{
    static const struct column columns[] = {
        {"rule", "name", COLUMN_TEXT},
        {"mode", "mode", COLUMN_TEXT},
        {"threshold", "threshold", COLUMN_COUNT},
        {"unit", "unit", COLUMN_TEXT},
        {"found", "found", COLUMN_COUNT},
        {"now", "now", COLUMN_COUNT},
        {"last", "last", COLUMN_TIME},
    };
    return columns_print(stdout, rules, columns, sizeof columns / sizeof *columns, ctl->now_ms,
                         "there are no rules") == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

int do_rules(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "rules"), show_rules);
}

/* --threshold as a member of this body. False after a message. */
static bool add_threshold(struct ctl *ctl, cJSON *body)
{
    const char *text = ctl->arguments->values[OPTION_THRESHOLD];
    uint64_t threshold;
    if (!text)
        return true;
    if (!value_number(text, 1, THRESHOLD_MAX, &threshold)) {
        ctl->status = ctl_wrong(ctl, "--threshold", "a number from 1 to 1000000000", text);
        return false;
    }
    cJSON_AddNumberToObject(body, "threshold", (double)threshold);
    return true;
}

static int set_rule(struct ctl *ctl, const struct arguments *arguments, const char *mode)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "name", arguments->words[0]);
    cJSON_AddStringToObject(body, "mode", mode);
    if (!add_threshold(ctl, body)) {
        cJSON_Delete(body);
        return ctl->status;
    }
    cJSON *answer = ctl_post(ctl, "rule", body);
    return ctl_end(ctl, answer, "rule %s: %s (action %" PRIu64 ")", arguments->words[0], mode,
                   ctl_number(answer, "action"));
}

int do_rule_on(struct ctl *ctl, const struct arguments *arguments)
{
    return set_rule(ctl, arguments, "on");
}

int do_rule_simulate(struct ctl *ctl, const struct arguments *arguments)
{
    return set_rule(ctl, arguments, "simulate");
}

int do_rule_off(struct ctl *ctl, const struct arguments *arguments)
{
    return set_rule(ctl, arguments, "off");
}

int do_detect(struct ctl *ctl, const struct arguments *arguments)
{
    char edits[TEXT_BYTES];
    if (!option_given(arguments, OPTION_FROM))
        return ctl_wrong(ctl, "--from", VALUES_TIME, "nothing");
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "rule", arguments->words[0]);
    if (!add_time(ctl, body, OPTION_FROM, "from") || !add_time(ctl, body, OPTION_TO, "to") ||
        !add_threshold(ctl, body)) {
        cJSON_Delete(body);
        return ctl->status;
    }
    if (!option_given(arguments, OPTION_TO))
        cJSON_AddNumberToObject(body, "to", (double)ctl->now_ms);
    cJSON *job = job_follow(ctl, ctl_post(ctl, "detect", body), "looked at");
    if (!job)
        return ctl->status;
    cJSON *result = cJSON_GetObjectItemCaseSensitive(job, "result");
    int status = EXIT_DONE;
    if (ctl->json) {
        text_print_json(stdout, result);
    } else {
        text_count(edits, ctl_number(result, "edits"));
        printf("%s edits looked at\n", edits);
        status = show_suspects(ctl, cJSON_GetObjectItemCaseSensitive(result, "suspects"));
    }
    cJSON_Delete(job);
    return status;
}
