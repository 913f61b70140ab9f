/* SPDX-License-Identifier: ISC */
/* control_routes: see control_routes.h. PROTOCOL.md has the same table for people. */
#include "api/control_routes.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "api/control_access.h"
#include "api/control_answer.h"
#include "api/control_ban.h"
#include "api/control_canvas.h"
#include "api/control_job.h"
#include "api/control_paint.h"
#include "api/control_person.h"
#include "api/control_region.h"
#include "api/control_request.h"
#include "api/control_status.h"
#include "api/control_token.h"
#include "api/control_watch.h"
#include "api/control_who.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"

/* Every POST may say why; it stands in the audit. */
static const struct row {
    const char *path; /* behind /control/ */
    enum request_method method;
    enum control_role role;
    void (*answer)(struct control_request *r);
    const char *fields;
} rows[] = {
    {"status", METHOD_GET, ROLE_VIEWER, control_status_get, ""},
    {"top", METHOD_GET, ROLE_VIEWER, control_watch_get_top, ""},
    {"audit", METHOD_GET, ROLE_VIEWER, control_status_get_audit, "before n"},
    {"authors", METHOD_GET, ROLE_MODERATOR, control_job_get_authors, "x y w h t c"},
    {"who", METHOD_GET, ROLE_VIEWER, control_who_get, "x y all"},
    {"bans", METHOD_GET, ROLE_MODERATOR, control_ban_list, ""},
    {"ban", METHOD_POST, ROLE_MODERATOR, control_ban_post, "who for slow rollback"},
    {"unban", METHOD_POST, ROLE_MODERATOR, control_ban_post_end, "who"},
    {"regions", METHOD_GET, ROLE_MODERATOR, control_region_list, ""},
    {"region", METHOD_POST, ROLE_MODERATOR, control_region_post,
     "name x y w h closed factor colours from until words"},
    {"region/remove", METHOD_POST, ROLE_MODERATOR, control_region_post_remove, "name"},
    {"freeze", METHOD_POST, ROLE_MODERATOR, control_region_post_freeze, "region on"},
    {"canvases", METHOD_GET, ROLE_OPERATOR, control_canvas_list, ""},
    {"canvas", METHOD_POST, ROLE_OPERATOR, control_canvas_post, "x y open at until"},
    {"palette", METHOD_POST, ROLE_OPERATOR, control_canvas_post_palette, "set"},
    {"plan", METHOD_POST, ROLE_MODERATOR, control_job_post_plan, "predicate"},
    {"apply", METHOD_POST, ROLE_MODERATOR, control_job_post_apply, "plan rate"},
    {"rollback", METHOD_POST, ROLE_MODERATOR, control_job_post_rollback, "predicate rate"},
    {"undo", METHOD_POST, ROLE_MODERATOR, control_job_post_undo, "action rate"},
    {"detect", METHOD_POST, ROLE_MODERATOR, control_job_post_detect, "rule from to threshold"},
    {"paint", METHOD_POST, ROLE_MODERATOR, control_paint_post, "action kind canvas edits"},
    {"cancel", METHOD_POST, ROLE_MODERATOR, control_job_post_cancel, ""},
    {"job", METHOD_GET, ROLE_VIEWER, control_job_get, "job"},
    {"preview.png", METHOD_GET, ROLE_MODERATOR, control_job_get_preview, "job"},
    {"reports", METHOD_GET, ROLE_MODERATOR, control_watch_list_reports, ""},
    {"report/close", METHOD_POST, ROLE_MODERATOR, control_watch_post_close, "id"},
    {"suspects", METHOD_GET, ROLE_MODERATOR, control_watch_list_suspects, ""},
    {"rules", METHOD_GET, ROLE_MODERATOR, control_watch_list_rules, ""},
    {"rule", METHOD_POST, ROLE_MODERATOR, control_watch_post_rule, "name mode threshold"},
    {"identity", METHOD_GET, ROLE_MODERATOR, control_person_get_identity, "a"},
    {"forget", METHOD_POST, ROLE_OPERATOR, control_person_post_forget, "a"},
    {"energy", METHOD_GET, ROLE_MODERATOR, control_person_get_energy, "a"},
    {"energy", METHOD_POST, ROLE_MODERATOR, control_person_post_energy, "a full"},
    {"tokens", METHOD_GET, ROLE_OPERATOR, control_token_list, ""},
    {"token", METHOD_POST, ROLE_OPERATOR, control_token_post, "name role"},
    {"token/remove", METHOD_POST, ROLE_OPERATOR, control_token_post_remove, "name"},
};

static const char prefix[] = "/control/";

/* The row of this path and method; NULL: there is none, and *other is one of another method. */
static const struct row *find(const struct request *request, const struct row **other)
{
    enum request_method method = request->method == METHOD_HEAD ? METHOD_GET : request->method;
    const char *path = request->path + sizeof prefix - 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].path, path) != 0)
            continue;
        if (rows[i].method == method)
            return &rows[i];
        *other = &rows[i];
    }
    return NULL;
}

/* What may be asked for at all, by whoever has shown a token. */
static const struct row *find_or_answer(struct http *http)
{
    const struct row *other = NULL, *row = find(&http->request, &other);
    if (!row && other)
        reply_error(http,
                    (struct reply){.status = 405,
                                   .extra = other->method == METHOD_POST ? "Allow: POST\r\n"
                                                                         : "Allow: GET, HEAD\r\n"},
                    "method not allowed");
    else if (!row)
        reply_error(http, (struct reply){.status = 404}, "not found");
    return row;
}

/* Why, for the audit. */
static void read_why(struct control_request *r)
{
    const char *why;
    const cJSON *field = cJSON_GetObjectItemCaseSensitive(r->fields, "why");
    if (cJSON_IsString(field) && field->valuestring[0] == '\0')
        return; /* a form that was left empty */
    if (control_field_text(r, "why", FIELD_OPTIONAL, CONTROL_WHY - 1, &why))
        snprintf(r->actor.why, sizeof r->actor.why, "%s", why);
}

static void serve(struct http *http)
{
    if (!http->conn->admin && !http->site->staff_page) {
        reply_error(http, (struct reply){.status = 404}, "not found");
        return;
    }
    struct control_request r = {0};
    if (!control_access_ask(http, &r.actor))
        return;
    const struct row *row = find_or_answer(http);
    if (!row || !control_access_allows(http, &r.actor, row->role))
        return;
    char fields[128];
    snprintf(fields, sizeof fields, "%s%s", row->fields,
             row->method == METHOD_GET ? "" : (*row->fields ? " why" : "why"));
    r.actor.why[0] = '\0';
    if (control_request_read(&r, http, fields) && row->method == METHOD_POST)
        read_why(&r);
    if (!r.fields || r.error[0])
        control_answer_wrong(&r);
    else
        row->answer(&r);
    cJSON_Delete(r.fields);
}

void control_routes_get(struct http *http)
{
    serve(http);
}

void control_routes_post(struct http *http)
{
    serve(http);
}
