/* SPDX-License-Identifier: ISC */
/*
 * control_person: see control_person.h. Who looks an author up is recorded, and gets the answer
 * once that stands in the control log.
 */
#include "api/control_person.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/control_answer.h"
#include "api/control_request.h"
#include "api/energy_json.h"
#include "http/http.h"
#include "http/site.h"
#include "identity/identity.h"
#include "moderation/sightings.h"
#include "moderation/watch.h"
#include "rules/visitor.h"

enum { NETWORK_BYTES = 24 };

/* A ban of this name, when it stands. */
static void add_ban(cJSON *bans, struct control_request *r, const char *name)
{
    cJSON *ban = control_get(r->http->site->control, "ban", name);
    if (ban)
        cJSON_AddItemToArray(bans, ban);
}

/* The author's networks with the bans of these; and when it was seen at all. */
static void add_networks(cJSON *json, cJSON *bans, struct control_request *r, uint64_t author)
{
    struct sighting seen[SIGHTING_NETWORKS];
    size_t n =
        sightings_networks(watch_sightings(r->http->site->watch), author, seen, SIGHTING_NETWORKS);
    int64_t first = 0, last = 0;
    cJSON *networks = cJSON_AddArrayToObject(json, "networks");
    for (size_t i = 0; i < n && i < SIGHTING_NETWORKS; i++) {
        char name[NETWORK_BYTES];
        snprintf(name, sizeof name, "net:%016" PRIx64, seen[i].network);
        cJSON *network = cJSON_CreateObject();
        cJSON_AddStringToObject(network, "net", name);
        cJSON_AddNumberToObject(network, "first", (double)seen[i].first_ms);
        cJSON_AddNumberToObject(network, "last", (double)seen[i].last_ms);
        cJSON_AddItemToArray(networks, network);
        add_ban(bans, r, name);
        first = i == 0 || seen[i].first_ms < first ? seen[i].first_ms : first;
        last = seen[i].last_ms > last ? seen[i].last_ms : last;
    }
    if (n > 0) {
        cJSON_AddNumberToObject(json, "first", (double)first);
        cJSON_AddNumberToObject(json, "last", (double)last);
    }
}

void control_person_get_identity(struct control_request *r)
{
    const char *text;
    uint64_t author;
    char name[PSEUDONYM_BYTES];
    if (!control_field_author(r, "a", FIELD_NEEDED, &text, &author)) {
        control_answer_wrong(r);
        return;
    }
    cJSON *json = cJSON_CreateObject(), *bans = cJSON_CreateArray();
    identity_pseudonym(author, name);
    cJSON_AddStringToObject(json, "author", text);
    cJSON_AddStringToObject(json, "name", name);
    add_ban(bans, r, text);
    add_networks(json, bans, r, author);
    cJSON_AddItemToObject(json, "bans", bans);
    control_answer_append(r, "lookup", text, cJSON_CreateObject(), json);
}

void control_person_post_forget(struct control_request *r)
{
    const char *text;
    uint64_t author;
    if (control_field_author(r, "a", FIELD_NEEDED, &text, &author))
        control_answer_append(r, "forget", text, cJSON_CreateObject(), NULL);
    else
        control_answer_wrong(r);
}

void control_person_get_energy(struct control_request *r)
{
    const char *text;
    struct visitor visitor = {.kind = VISITOR_COOKIE};
    if (!control_field_author(r, "a", FIELD_NEEDED, &text, &visitor.author)) {
        control_answer_wrong(r);
        return;
    }
    cJSON *json = cJSON_CreateObject();
    energy_json_add(json, r->http, &visitor);
    control_answer(r, cJSON_DetachItemFromObjectCaseSensitive(json, "energy"));
    cJSON_Delete(json);
}

void control_person_post_energy(struct control_request *r)
{
    const char *text;
    uint64_t author;
    bool full = false;
    control_field_author(r, "a", FIELD_NEEDED, &text, &author);
    if (!control_field_bool(r, "full", FIELD_NEEDED, &full) || !full)
        control_field_wrong(r, "full", "true: nothing else can be given");
    if (r->error[0]) {
        control_answer_wrong(r);
        return;
    }
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddTrueToObject(fields, "full");
    control_answer_append(r, "energy", text, fields, NULL);
}
