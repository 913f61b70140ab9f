/* SPDX-License-Identifier: ISC */
/* admin_workers: see admin_workers.h. */
#include "render/http/admin_workers.h"

#include <cjson/cJSON.h>

#include "render/events/events.h"
#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

void admin_workers_get(struct web_request *request)
{
    struct events *events = request->site->events;
    struct blob *snapshot = events ? view_snapshot(events_view(events)) : NULL;
    cJSON *json = cJSON_CreateObject();
    if (snapshot) {
        cJSON *view = cJSON_ParseWithLength((const char *)snapshot->bytes, snapshot->len);
        cJSON *servers = cJSON_DetachItemFromObjectCaseSensitive(view, "servers");
        cJSON_AddItemToObject(json, "servers", servers ? servers : cJSON_CreateArray());
        cJSON_Delete(view);
    } else {
        cJSON_AddArrayToObject(json, "servers");
    }
    blob_release(snapshot);
    web_reply_json(request, &(struct web_reply){.status = 200}, json);
}
