/* SPDX-License-Identifier: ISC */
/* pixel: see pixel.h. The answer is looked up by another thread, and waited for here. */
#include "api/pixel.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "core/edit.h"
#include "core/hex.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "identity/identity.h"
#include "moderation/sightings.h"
#include "moderation/watch.h"
#include "moderation/who.h"
#include "net/loop.h"
#include "net/loop_state.h"
#include "plane/canvases.h"

enum {
    WAIT_US = 12 * 1000 * 1000,
    CHANGES = 5,  /* that everybody is told */
    NETWORKS = 8, /* of an author that moderators are told */
};

#define SECOND_OLD "Cache-Control: public, max-age=1\r\n"
#define NOT_KEPT   "Cache-Control: no-store\r\n"
#define LATER      "Retry-After: 1\r\nCache-Control: no-store\r\n"

/* A request that waits; the endpoint's work of it. */
struct asking {
    struct waiter waiter; /* the first member */
    struct http *http;
    struct pixel_wanted wanted;
    struct who_question *question;
};

/* ---- the answer ---- */

static void add_time(cJSON *json, int64_t time_ms)
{
    if (time_ms >= 0)
        cJSON_AddNumberToObject(json, "time", (double)time_ms);
    else
        cJSON_AddNullToObject(json, "time");
}

/* What everybody is told of who made a change. */
static void add_name(cJSON *json, const struct who_change *change)
{
    char name[PSEUDONYM_BYTES];
    if (!change->known) {
        cJSON_AddNullToObject(json, "name");
    } else if (change->author & AUTHOR_PERSON) {
        identity_pseudonym(change->author, name);
        cJSON_AddStringToObject(json, "name", name);
    } else {
        cJSON_AddStringToObject(json, "name", change->author ? "moderation" : "operator");
    }
}

static void add_network(cJSON *list, uint64_t network)
{
    char text[4 + HEX_U64_BYTES] = "net:";
    hex_from_u64(text + 4, network);
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

/* What moderators are told besides. */
static void add_author(cJSON *json, const struct who_change *change, struct sightings *sightings)
{
    char hex[HEX_U64_BYTES];
    if (!change->known)
        return;
    hex_from_u64(hex, change->author);
    cJSON_AddStringToObject(json, "author", hex);
    if (change->author > 0 && change->author <= UINT32_MAX)
        cJSON_AddNumberToObject(json, "action", (double)change->author);
    struct sighting seen[NETWORKS];
    size_t n = sightings && change->author & AUTHOR_PERSON
                   ? sightings_networks(sightings, change->author, seen, NETWORKS)
                   : 0;
    cJSON *list = n > 0 ? cJSON_AddArrayToObject(json, "net") : NULL;
    for (size_t i = 0; i < n && i < NETWORKS; i++)
        add_network(list, seen[i].network);
}

static cJSON *describe(const struct asking *asking, const struct who_answer *answer)
{
    struct watch *watch = asking->http->site->watch;
    struct sightings *sightings = watch ? watch_sightings(watch) : NULL;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "x", (double)asking->wanted.x);
    cJSON_AddNumberToObject(json, "y", (double)asking->wanted.y);
    cJSON_AddNumberToObject(json, "colour", answer->colour);
    cJSON_AddNumberToObject(json, "version", (double)answer->version);
    if (!answer->history) {
        cJSON_AddNullToObject(json, "changes");
        return json;
    }
    const struct who_change none = {.time_ms = -1};
    const struct who_change *newest = answer->n > 0 ? &answer->changes[0] : &none;
    if (!asking->wanted.staff) {
        add_time(json, newest->time_ms);
        add_name(json, newest);
    }
    cJSON *list = cJSON_AddArrayToObject(json, "changes");
    for (size_t i = 0; i < answer->n; i++) {
        const struct who_change *change = &answer->changes[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddNumberToObject(one, "version", (double)change->version);
        add_time(one, change->time_ms);
        cJSON_AddNumberToObject(one, "colour", change->colour);
        add_name(one, change);
        if (asking->wanted.staff)
            add_author(one, change, sightings);
        cJSON_AddItemToArray(list, one);
    }
    if (asking->wanted.staff)
        cJSON_AddBoolToObject(json, "all", answer->whole);
    return json;
}

/* ---- waiting ---- */

static void stop_waiting(struct http *http)
{
    struct asking *asking = http->work;
    http->work = NULL;
    waiters_remove(&http->conn->loop->history_waiters, &asking->waiter);
    who_drop(asking->question);
    free(asking);
}

static void on_news(struct waiter *waiter)
{
    struct asking *asking = (struct asking *)waiter;
    struct http *http = asking->http;
    const struct who_answer *answer = who_answer(asking->question);
    if (!answer || http->conn->dying)
        return;
    bool staff = asking->wanted.staff;
    cJSON *json = describe(asking, answer);
    stop_waiting(http);
    reply_json(http, (struct reply){.status = 200, .extra = staff ? NOT_KEPT : SECOND_OLD}, json);
}

static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    stop_waiting(http);
    reply_error(http, (struct reply){.status = 503, .extra = LATER}, "busy");
}

static void on_closed(struct conn *conn)
{
    struct http *http = http_of(conn);
    stop_waiting(http);
    http_free(http);
}

static const struct conn_ops waiting_ops = {.expired = on_expired, .closed = on_closed};

/* From who's thread. */
static void on_answered(void *context)
{
    loop_history_ready(context);
}

void pixel_serve(struct http *http, struct pixel_wanted wanted)
{
    struct loop *loop = http->conn->loop;
    const struct who_asker asker = {.answered = on_answered, .context = loop};
    struct position position;
    uint32_t x, y;
    if (!position_of_pixel(wanted.x, wanted.y, CANVAS_WIDTH, &position, &x, &y) ||
        !canvases_find(http->site->canvases, position)) {
        reply_error(http, (struct reply){.status = 404, .extra = NOT_KEPT}, "no such canvas");
        return;
    }
    struct asking *asking = calloc(1, sizeof *asking);
    if (asking)
        asking->question =
            who_ask(http->site->who, position, x, y, wanted.room, wanted.staff, &asker);
    if (!asking || !asking->question) {
        free(asking);
        reply_error(http, (struct reply){.status = 503, .extra = LATER}, "busy");
        return;
    }
    asking->waiter.woken = on_news;
    asking->http = http;
    asking->wanted = wanted;
    waiters_add(&loop->history_waiters, &asking->waiter);
    http_wait(http, &waiting_ops, asking, WAIT_US);
}

void pixel_get(struct http *http)
{
    pixel_serve(
        http, (struct pixel_wanted){.x = http->numbers[0], .y = http->numbers[1], .room = CHANGES});
}
