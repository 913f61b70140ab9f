/* SPDX-License-Identifier: ISC */
/* energy_json: see energy_json.h. */
#include "api/energy_json.h"

#include <cjson/cJSON.h>

#include "http/http.h"
#include "http/site.h"
#include "rules/rules.h"
#include "sys/clock.h"

void energy_json_add(struct cJSON *json, struct http *http, const struct visitor *visitor)
{
    struct energy energy;
    rules_energy(http->site->rules, visitor, clock_wall_ms(), &energy);
    const struct policy *policy = energy.policy;
    cJSON *object = cJSON_AddObjectToObject(json, "energy");
    cJSON_AddStringToObject(object, "policy", policy->name);
    if (policy_is_free(policy))
        return;
    cJSON_AddNumberToObject(object, "capacity", policy->capacity);
    cJSON_AddNumberToObject(object, "blank", policy->blank);
    cJSON_AddNumberToObject(object, "painted", policy->painted);
    cJSON_AddNumberToObject(object, "energy", (double)energy.available);
    if (policy->n_curve == 0)
        return;
    cJSON *curve = cJSON_AddArrayToObject(object, "curve");
    for (uint32_t i = 0; i < policy->n_curve; i++)
        cJSON_AddItemToArray(curve, cJSON_CreateNumber(policy->curve[i]));
}
