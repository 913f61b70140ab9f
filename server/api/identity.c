/* SPDX-License-Identifier: ISC */
/* identity: see identity.h. */
#include "api/identity.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "api/energy_json.h"
#include "http/cors.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "http/who_asks.h"
#include "identity/identity.h"
#include "sys/clock.h"

enum { EXTRA_BYTES = 96 };

static void reply_issued(struct http *http, const struct identity_request *shown,
                         const char *cookie, const struct visitor *visitor)
{
    char extra[WHO_ASKS_FIELDS_BYTES] = "Cache-Control: no-store\r\n", name[PSEUDONYM_BYTES];
    if (*cookie)
        who_asks_add_cookie(extra, identity_cookie_name(shown), cookie);
    who_asks_drop_other(extra, shown);
    cJSON *json = cJSON_CreateObject();
    identity_pseudonym(visitor->author, name);
    cJSON_AddStringToObject(json, "name", name);
    cJSON_AddBoolToObject(json, "new", *cookie != '\0');
    energy_json_add(json, http, visitor);
    reply_json(http, (struct reply){.status = 200, .extra = extra}, json);
}

static void reply_too_many(struct http *http, uint64_t retry_ms)
{
    char extra[EXTRA_BYTES];
    snprintf(extra, sizeof extra, "Cache-Control: no-store\r\nRetry-After: %llu\r\n",
             (unsigned long long)(retry_ms + 999) / 1000);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "error", "network");
    cJSON_AddNumberToObject(json, "retry_ms", (double)retry_ms);
    reply_json(http, (struct reply){.status = 429, .extra = extra}, json);
}

/* May this page ask, and what does it show? False: it has been answered. */
static bool admit(struct http *http, struct identity_request *shown)
{
    if (!cors_allows(http)) {
        reply_error(http, (struct reply){.status = 403}, "origin: not allowed");
        return false;
    }
    return who_asks_shows(http, shown);
}

void identity_post(struct http *http)
{
    const struct request *request = &http->request;
    const struct reply refused = {.status = 403, .extra = "Cache-Control: no-store\r\n"};
    struct identity_request shown;
    struct visitor visitor;
    char cookie[IDENTITY_COOKIE_BYTES];
    uint64_t retry_ms;
    if (!admit(http, &shown))
        return;
    const char *solution = request->body_read > 0 ? request->body : NULL;
    switch (identity_issue(http->site->identity, &shown, solution, request->body_read,
                           clock_wall_ms(), cookie, &visitor, &retry_ms)) {
    case ISSUE_OK:
        reply_issued(http, &shown, cookie, &visitor);
        break;
    case ISSUE_TOO_MANY:
        reply_too_many(http, retry_ms);
        break;
    case ISSUE_REFUSED:
        reply_error(http, refused, "work");
        break;
    case ISSUE_NONE:
        reply_error(http, refused, "sso");
        break;
    case ISSUE_BAD:
        who_asks_refuse(http, 401, WHO_ASKS_BAD_TOKEN);
        break;
    case ISSUE_TWICE:
        who_asks_refuse(http, 400, WHO_ASKS_TWO_COOKIES);
        break;
    }
}

void identity_get_challenge(struct http *http)
{
    struct identity_request shown;
    char json[WORK_JSON_BYTES];
    if (!admit(http, &shown))
        return;
    size_t len;
    uint64_t retry_ms;
    switch (
        identity_challenge(http->site->identity, &shown, clock_wall_ms(), json, &len, &retry_ms)) {
    case ISSUE_OK:
        break;
    case ISSUE_TOO_MANY:
        reply_too_many(http, retry_ms);
        return;
    default:
        reply_error(http, (struct reply){.status = 404, .extra = "Cache-Control: no-store\r\n"},
                    "no proof of work is asked for");
        return;
    }
    /* Short enough to be copied into the answer. */
    reply_send(http, (struct reply){.status = 200,
                                    .type = "application/json",
                                    .extra = "Cache-Control: no-store\r\n",
                                    .body = json,
                                    .len = len});
}
