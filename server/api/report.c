/* SPDX-License-Identifier: ISC */
/* report: see report.h. */
#include "api/report.h"

#include <cjson/cJSON.h>

#include "api/parameters.h"
#include "http/cors.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "http/who_asks.h"
#include "moderation/reports.h"
#include "moderation/watch.h"
#include "plane/canvases.h"
#include "sys/clock.h"

/* A side of the rectangle, 1 when it is not said. */
static int read_side(const struct parameters *from, const char *name, uint32_t *side,
                     char error[PARAMETERS_ERROR_BYTES])
{
    int64_t number = 1;
    if (parameters_has(from, name) &&
        parameters_number(from, name, 1, REPORT_SIDE_MAX, &number, error) != 0)
        return -1;
    *side = (uint32_t)number;
    return 0;
}

/* 0, or the status of the error, which is then in error. */
static unsigned read_report(const struct request *request, struct report *report,
                            char error[PARAMETERS_ERROR_BYTES])
{
    struct parameters from;
    int64_t x = 0, y = 0;
    int reason = 0;
    unsigned status = parameters_read(&from, request, "x, y and reason", error);
    if (status == 0 &&
        (parameters_number(&from, "x", PLANE_MIN, PLANE_MAX, &x, error) != 0 ||
         parameters_number(&from, "y", PLANE_MIN, PLANE_MAX, &y, error) != 0 ||
         read_side(&from, "w", &report->w, error) != 0 ||
         read_side(&from, "h", &report->h, error) != 0 ||
         (reason = parameters_word(&from, "reason", report_reasons, REPORT_REASONS, error)) < 0))
        status = 400;
    parameters_finish(&from);
    report->x = (int32_t)x;
    report->y = (int32_t)y;
    report->reason = (enum report_reason)reason;
    return status;
}

static void answer(struct http *http, const char *id, uint32_t count)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "report", id);
    cJSON_AddNumberToObject(json, "count", count);
    reply_json(http, (struct reply){.status = 200, .extra = "Cache-Control: no-store\r\n"}, json);
}

void report_post(struct http *http)
{
    struct report report;
    struct visitor visitor;
    char error[PARAMETERS_ERROR_BYTES], id[REPORT_ID];
    uint32_t count, x, y;
    struct position position;
    if (!cors_allows(http)) {
        reply_error(http, (struct reply){.status = 403}, "origin: not allowed");
        return;
    }
    unsigned status = read_report(&http->request, &report, error);
    if (status != 0) {
        reply_error(http, (struct reply){.status = status}, error);
        return;
    }
    if (!position_of_pixel(report.x, report.y, CANVAS_WIDTH, &position, &x, &y) ||
        !canvases_find(http->site->canvases, position)) {
        reply_error(http, (struct reply){.status = 404}, "there is no canvas at x, y");
        return;
    }
    if (!who_asks(http, &visitor))
        return;
    switch (reports_add(watch_reports(http->site->watch), &report, &visitor, clock_wall_ms(), id,
                        &count)) {
    case REPORT_TAKEN:
        answer(http, id, count);
        return;
    case REPORT_TOO_OFTEN:
        reply_error(http, (struct reply){.status = 429, .extra = "Retry-After: 600\r\n"}, "rate");
        return;
    case REPORT_FULL:
        reply_error(http, (struct reply){.status = 503, .extra = "Retry-After: 600\r\n"},
                    "too many reports are open");
        return;
    }
}
