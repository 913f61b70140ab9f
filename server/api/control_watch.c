/* SPDX-License-Identifier: ISC */
/*
 * control_watch: see control_watch.h. A report is open unless it was closed after it was last
 * written.
 */
#include "api/control_watch.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "api/control_answer.h"
#include "api/control_lists.h"
#include "api/control_request.h"
#include "http/http.h"
#include "http/site.h"
#include "moderation/detectors.h"
#include "moderation/rule_mode.h"
#include "moderation/watch.h"

enum { THRESHOLD_MAX = 1000000000 };

void control_watch_get_top(struct control_request *r)
{
    control_answer(r, watch_top(r->http->site->watch));
}

/* ---- reports ---- */

static const char *name_of(const cJSON *record)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "name"));
    return name ? name : "";
}

static double action_of(const cJSON *record)
{
    const cJSON *action = cJSON_GetObjectItemCaseSensitive(record, "action");
    return cJSON_IsNumber(action) ? action->valuedouble : 0;
}

/* Both lists are in order of their names: one walk along both. */
static struct cJSON *make_reports(struct site *site, uint64_t a, uint64_t b)
{
    cJSON *reports = control_list(site->control, "report");
    cJSON *closes = control_list(site->control, "report-close");
    const cJSON *close = closes ? closes->child : NULL;
    for (cJSON *report = reports ? reports->child : NULL, *next; report; report = next) {
        const char *name = name_of(report);
        next = report->next;
        while (close && strcmp(name_of(close), name) < 0)
            close = close->next;
        if (close && strcmp(name_of(close), name) == 0 && action_of(close) > action_of(report))
            cJSON_Delete(cJSON_DetachItemViaPointer(reports, report));
    }
    cJSON_Delete(closes);
    return reports;
}

void control_watch_list_reports(struct control_request *r)
{
    control_lists_answer(r, make_reports, 0, 0);
}

void control_watch_post_close(struct control_request *r)
{
    const char *name = NULL;
    if (!control_field_text(r, "id", FIELD_NEEDED, CONTROL_NAME - 1, &name)) {
        control_answer_wrong(r);
        return;
    }
    cJSON *report = control_get(r->http->site->control, "report", name);
    cJSON_Delete(report);
    if (report)
        control_answer_append(r, "report-close", name, cJSON_CreateObject(), NULL);
    else
        control_answer_error(r, 404, "id: there is no such report");
}

/* ---- suspects and rules ---- */

void control_watch_list_suspects(struct control_request *r)
{
    control_answer(r, watch_suspects(r->http->site->watch));
}

void control_watch_list_rules(struct control_request *r)
{
    control_answer(r, watch_rules(r->http->site->watch));
}

void control_watch_post_rule(struct control_request *r)
{
    const char *name = NULL, *word = NULL;
    int64_t threshold = 0;
    enum rule_mode before = RULE_OFF, mode;
    control_field_name(r, "name", FIELD_NEEDED, CONTROL_NAME - 1, &name);
    control_field_word(r, "mode", FIELD_NEEDED, "off|simulate|on", &word);
    control_field_number(r, "threshold", FIELD_OPTIONAL, 1, THRESHOLD_MAX, NULL, &threshold);
    if (name && detectors_find(name) < 0)
        control_field_wrong(r, "name", "a rule that GET rules shows");
    if (r->error[0] || !rule_mode_find(word, &mode)) {
        control_answer_wrong(r);
        return;
    }
    cJSON *stands = control_get(r->http->site->control, "rule", name);
    const char *was = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(stands, "mode"));
    const cJSON *limit = cJSON_GetObjectItemCaseSensitive(stands, "threshold");
    if (was && !rule_mode_find(was, &before))
        before = RULE_OFF;
    if (threshold == 0 && cJSON_IsNumber(limit)) /* as it was */
        threshold = (int64_t)limit->valuedouble;
    cJSON_Delete(stands);
    if (!rule_mode_may_follow(before, mode)) {
        control_answer_error(r, 409,
                             "mode: simulate comes before on, so that it is seen first what "
                             "the rule would say");
        return;
    }
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddStringToObject(fields, "mode", word);
    if (threshold > 0)
        cJSON_AddNumberToObject(fields, "threshold", (double)threshold);
    control_answer_append(r, "rule", name, fields, NULL);
}
