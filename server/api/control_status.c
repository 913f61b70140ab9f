/* SPDX-License-Identifier: ISC */
/* control_status: see control_status.h. */
#include "api/control_status.h"

#include <cjson/cJSON.h>

#include "api/control_access.h"
#include "api/control_answer.h"
#include "api/control_lists.h"
#include "api/control_request.h"
#include "core/hex.h"
#include "core/record.h"
#include "http/http.h"
#include "http/site.h"
#include "moderation/moderation.h"
#include "net/loop_state.h"
#include "plane/canvases.h"
#include "rules/rules.h"
#include "rules/ruleset.h"

enum {
    AUDIT_USUAL = 50,
    AUDIT_MOST = 1000,
};

#define ACTION_MAX UINT32_MAX

/* What the moderators have set. */
static void add_rules(cJSON *json, struct control_request *r)
{
    struct ruleset *ruleset = rules_current(r->http->site->rules);
    const struct ruleset_parts *parts = ruleset ? ruleset_parts(ruleset) : NULL;
    cJSON_AddBoolToObject(json, "frozen", parts && parts->frozen);
    cJSON_AddNumberToObject(json, "bans", parts ? (double)parts->n_bans : 0);
    cJSON_AddNumberToObject(json, "regions", parts ? (double)parts->n_regions : 0);
    ruleset_unref(ruleset);
}

static void add_plane(cJSON *json, struct control_request *r)
{
    uint8_t genesis[GENESIS_BYTES];
    char hex[HEX_BYTES(GENESIS_BYTES)];
    struct canvases *canvases = r->http->site->canvases;
    if (canvases_genesis(canvases, genesis)) {
        hex_encode(hex, genesis, sizeof genesis);
        cJSON_AddStringToObject(json, "genesis", hex);
    } else {
        cJSON_AddNullToObject(json, "genesis");
    }
    cJSON_AddNumberToObject(json, "version", (double)canvases_version(canvases));
}

void control_status_get(struct control_request *r)
{
    const struct loop *loop = r->http->conn->loop;
    struct metrics *metrics = loop->config.metrics;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "program", PLACED_VERSION);
    cJSON *token = cJSON_AddObjectToObject(json, "token");
    cJSON_AddStringToObject(token, "name", r->actor.name);
    cJSON_AddStringToObject(token, "role", control_role_name(r->actor.role));
    add_plane(json, r);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(json, "energy"), "policy",
                            rules_policy(r->http->site->rules)->name);
    cJSON_AddNumberToObject(json, "people", (double)metric_get(metrics, people));
    cJSON_AddBoolToObject(json, "writable", metric_get(metrics, log_writable) != 0);
    cJSON_AddBoolToObject(json, "ready", control_ready(r->http->site->control));
    cJSON_AddNumberToObject(json, "control", (double)control_read(r->http->site->control));
    add_rules(json, r);
    cJSON_AddNumberToObject(json, "reports", (double)metric_get(metrics, reports_open));
    cJSON_AddNumberToObject(json, "suspects", (double)metric_get(metrics, suspects));
    cJSON *job = moderation_job(r->http->site->moderation, 0);
    cJSON_AddItemToObject(json, "job", job ? job : cJSON_CreateNull());
    control_answer(r, json);
}

static struct cJSON *make_audit(struct site *site, uint64_t before, uint64_t n)
{
    return control_audit(site->control, before, (size_t)n);
}

void control_status_get_audit(struct control_request *r)
{
    int64_t before = 0, n = AUDIT_USUAL;
    control_field_number(r, "before", FIELD_OPTIONAL, 1, ACTION_MAX, NULL, &before);
    control_field_number(r, "n", FIELD_OPTIONAL, 1, AUDIT_MOST, NULL, &n);
    if (r->error[0])
        control_answer_wrong(r);
    else
        control_lists_answer(r, make_audit, (uint64_t)before, (uint64_t)n);
}
