/* SPDX-License-Identifier: ISC */
/*
 * control_job: see control_job.h. Moderation checks what a job is to do; here only the shape of the
 * request is.
 */
#include "api/control_job.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "api/control_answer.h"
#include "api/control_request.h"
#include "core/edit.h"
#include "core/position.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "moderation/moderation.h"

enum {
    PLANE_SPAN = POSITION_SPAN * CANVAS_WIDTH, /* moderation knows more exactly what is right */
    TIME_BYTES = 80,
};

#define JOB_MAX ((INT64_C(1) << 53) - 1)

static void start_with(struct control_request *r, const char *kind, const cJSON *request)
{
    unsigned status = 503;
    char error[MODERATION_ERROR_BYTES] = "busy";
    uint64_t job =
        moderation_start(r->http->site->moderation, kind, request, &r->actor, &status, error);
    if (job == 0) {
        control_answer_error(r, status, error);
        return;
    }
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddNumberToObject(answer, "job", (double)job);
    control_answer(r, answer);
}

static void start(struct control_request *r, const char *kind)
{
    start_with(r, kind, r->fields);
}

/* Who has painted in a rectangle: the texts of a query as JSON. */
void control_job_get_authors(struct control_request *r)
{
    static const char *const names[] = {"x", "y", "w", "h"};
    cJSON *request = cJSON_CreateObject();
    const char *time = NULL, *colours = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int64_t value = 0;
        control_field_number(r, names[i], FIELD_NEEDED, i < 2 ? -PLANE_SPAN : 1, PLANE_SPAN, NULL,
                             &value);
        cJSON_AddNumberToObject(request, names[i], (double)value);
    }
    if (control_field_text(r, "t", FIELD_NEEDED, TIME_BYTES, &time))
        cJSON_AddStringToObject(request, "t", time);
    if (control_field_text(r, "c", FIELD_OPTIONAL, TIME_BYTES, &colours))
        cJSON_AddStringToObject(request, "c", colours);
    if (r->error[0])
        control_answer_wrong(r);
    else
        start_with(r, "authors", request);
    cJSON_Delete(request);
}

void control_job_post_plan(struct control_request *r)
{
    start(r, "plan");
}

void control_job_post_apply(struct control_request *r)
{
    start(r, "apply");
}

void control_job_post_rollback(struct control_request *r)
{
    start(r, "rollback");
}

void control_job_post_undo(struct control_request *r)
{
    start(r, "undo");
}

void control_job_post_detect(struct control_request *r)
{
    start(r, "detect");
}

void control_job_post_cancel(struct control_request *r)
{
    if (!moderation_cancel(r->http->site->moderation, &r->actor)) {
        control_answer_error(r, 409, "no job is running");
        return;
    }
    control_answer(r, moderation_job(r->http->site->moderation, 0));
}

void control_job_get(struct control_request *r)
{
    int64_t job = 0;
    control_field_number(r, "job", FIELD_OPTIONAL, 1, JOB_MAX, NULL, &job);
    if (r->error[0]) {
        control_answer_wrong(r);
        return;
    }
    cJSON *found = moderation_job(r->http->site->moderation, (uint64_t)job);
    if (found)
        control_answer(r, found);
    else
        control_answer_error(r, 404, "job: there is none of this number");
}

void control_job_get_preview(struct control_request *r)
{
    int64_t job = 0;
    size_t len;
    if (!control_field_number(r, "job", FIELD_NEEDED, 1, JOB_MAX, NULL, &job)) {
        control_answer_wrong(r);
        return;
    }
    uint8_t *png = moderation_preview(r->http->site->moderation, (uint64_t)job, &len);
    if (!png) {
        control_answer_error(r, 404, "job: there is no preview of this one");
        return;
    }
    reply_send(r->http, (struct reply){.status = 200,
                                       .type = "image/png",
                                       .extra = "Cache-Control: no-store\r\n",
                                       .body = png,
                                       .len = len,
                                       .release = free,
                                       .owned = png});
}
