/* SPDX-License-Identifier: ISC */
/* view: see view.h. */
#include "render/events/view.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

struct server {
    struct cJSON *json; /* its event */
    int64_t at_ms;      /* by the broker's clock */
};

struct variant {
    char op[EVENT_OP_MAX + 1];
    struct cJSON *json; /* its event */
};

struct image {
    struct cJSON *json; /* its event */
    struct variant variants[VIEW_VARIANTS];
    size_t n_variants;
};

struct view {
    struct server servers[VIEW_SERVERS];
    struct image images[VIEW_IMAGES]; /* the newest last */
    struct cJSON *batches[VIEW_BATCHES];
    size_t n_servers, n_images, n_batches;
    int64_t newest_ms, newest_now_ms; /* the newest record's time, and when that was */
    struct blob *snapshot;            /* NULL: something has changed */
};

struct view *view_create(void)
{
    return calloc(1, sizeof(struct view));
}

static void forget_image(struct image *image)
{
    cJSON_Delete(image->json);
    for (size_t i = 0; i < image->n_variants; i++)
        cJSON_Delete(image->variants[i].json);
}

void view_destroy(struct view *view)
{
    if (!view)
        return;
    for (size_t i = 0; i < view->n_servers; i++)
        cJSON_Delete(view->servers[i].json);
    for (size_t i = 0; i < view->n_images; i++)
        forget_image(&view->images[i]);
    for (size_t i = 0; i < view->n_batches; i++)
        cJSON_Delete(view->batches[i]);
    blob_release(view->snapshot);
    free(view);
}

/* ---- servers ---- */

static size_t find_server(const struct view *view, const char *id)
{
    size_t i = 0;
    while (i < view->n_servers && strcmp(event_text(view->servers[i].json, "server"), id) != 0)
        i++;
    return i;
}

static void forget_server(struct view *view, size_t i)
{
    cJSON_Delete(view->servers[i].json);
    view->n_servers--;
    memmove(&view->servers[i], &view->servers[i + 1],
            (view->n_servers - i) * sizeof view->servers[0]);
}

static void fold_server(struct view *view, struct event *event, int64_t at_ms)
{
    size_t i = find_server(view, event_text(event->json, "server"));
    if (i == view->n_servers && i == VIEW_SERVERS) {
        forget_server(view, 0); /* that which is known the longest */
        i--;
    }
    if (i == view->n_servers)
        view->n_servers++;
    else
        cJSON_Delete(view->servers[i].json);
    view->servers[i] = (struct server){event->json, at_ms};
    event->json = NULL;
}

static int64_t brokers_time(const struct view *view, int64_t now_ms)
{
    return view->newest_ms + (now_ms - view->newest_now_ms);
}

bool view_expire(struct view *view, int64_t now_ms, char server[EVENT_SERVER_CHARS + 1])
{
    int64_t limit_ms = brokers_time(view, now_ms) - VIEW_SILENT_S * 1000;
    for (size_t i = 0; i < view->n_servers; i++) {
        if (view->servers[i].at_ms >= limit_ms)
            continue;
        memcpy(server, event_text(view->servers[i].json, "server"), EVENT_SERVER_CHARS + 1);
        forget_server(view, i);
        blob_release(view->snapshot);
        view->snapshot = NULL;
        return true;
    }
    return false;
}

/* ---- images ---- */

/* Its place; n_images: there is none. */
static size_t find_image(const struct view *view, const char *id)
{
    for (size_t i = view->n_images; i-- > 0;)
        if (strcmp(event_text(view->images[i].json, "id"), id) == 0)
            return i;
    return view->n_images;
}

/* One that is uploaded again is the newest again, and keeps its variants. */
static void fold_image(struct view *view, struct event *event)
{
    struct image image = {.json = event->json};
    size_t at = find_image(view, event_text(event->json, "id"));
    if (at < view->n_images) {
        image = view->images[at];
        cJSON_Delete(image.json);
        image.json = event->json;
    } else if (view->n_images == VIEW_IMAGES) {
        at = 0;
        forget_image(&view->images[at]);
    }
    if (at < view->n_images) {
        view->n_images--;
        memmove(&view->images[at], &view->images[at + 1],
                (view->n_images - at) * sizeof view->images[0]);
    }
    view->images[view->n_images++] = image;
    event->json = NULL;
}

const char *view_variant_state(struct view *view, const char *id, const char *op)
{
    size_t at = find_image(view, id);
    const struct image *image = at < view->n_images ? &view->images[at] : NULL;
    for (size_t i = 0; image && i < image->n_variants; i++)
        if (strcmp(image->variants[i].op, op) == 0)
            return event_text(image->variants[i].json, "state");
    return NULL;
}

/* That a variant is there is not taken back by one who tries it, too. */
static void fold_variant(struct view *view, struct event *event)
{
    size_t at = find_image(view, event_text(event->json, "id"));
    const char *op = event_text(event->json, "op");
    size_t i = 0;
    if (at == view->n_images)
        return;
    struct image *image = &view->images[at];
    while (i < image->n_variants && strcmp(image->variants[i].op, op) != 0)
        i++;
    if (i == VIEW_VARIANTS)
        return;
    struct variant *variant = &image->variants[i];
    if (i < image->n_variants) {
        if (strcmp(event_text(variant->json, "state"), "done") == 0 &&
            strcmp(event_text(event->json, "state"), "done") != 0)
            return;
        cJSON_Delete(variant->json);
    } else {
        image->n_variants++;
        memcpy(variant->op, op, strlen(op) + 1);
    }
    variant->json = event->json;
    event->json = NULL;
}

/* ---- batches ---- */

static bool runs(const struct cJSON *batch)
{
    return strcmp(event_text(batch, "state"), "running") == 0;
}

static void fold_batch(struct view *view, struct event *event)
{
    const char *id = event_text(event->json, "id");
    size_t i = 0;
    while (i < view->n_batches && strcmp(event_text(view->batches[i], "id"), id) != 0)
        i++;
    if (i == VIEW_BATCHES) {
        i = 0; /* the oldest that has ended goes, or the oldest */
        while (i < VIEW_BATCHES && runs(view->batches[i]))
            i++;
        i = i == VIEW_BATCHES ? 0 : i;
        cJSON_Delete(view->batches[i]);
        memmove(&view->batches[i], &view->batches[i + 1],
                (VIEW_BATCHES - 1 - i) * sizeof view->batches[0]);
        i = VIEW_BATCHES - 1;
    } else if (i == view->n_batches) {
        view->n_batches++;
    } else {
        cJSON_Delete(view->batches[i]);
    }
    view->batches[i] = event->json;
    event->json = NULL;
}

/* ---- the fold ---- */

void view_fold(struct view *view, struct event *event, int64_t at_ms, int64_t now_ms)
{
    if (view->newest_now_ms == 0 || at_ms >= brokers_time(view, now_ms)) {
        view->newest_ms = at_ms;
        view->newest_now_ms = now_ms;
    }
    blob_release(view->snapshot);
    view->snapshot = NULL;
    switch (event->type) {
    case EVENT_SERVER:
        fold_server(view, event, at_ms);
        break;
    case EVENT_GONE: {
        size_t i = find_server(view, event_text(event->json, "server"));
        if (i < view->n_servers)
            forget_server(view, i);
        break;
    }
    case EVENT_IMAGE:
        fold_image(view, event);
        break;
    case EVENT_VARIANT:
        fold_variant(view, event);
        break;
    case EVENT_BATCH:
        fold_batch(view, event);
        break;
    case EVENT_DID:
    case EVENT_DEAD:
    case EVENT_TYPES:
        break;
    }
}

/* ---- looking ---- */

static void add_variants(cJSON *image, const struct image *from)
{
    cJSON *variants = cJSON_AddObjectToObject(image, "variants");
    for (size_t i = 0; i < from->n_variants; i++) {
        const struct variant *v = &from->variants[i];
        cJSON *object = cJSON_AddObjectToObject(variants, v->op);
        cJSON_AddStringToObject(object, "state", event_text(v->json, "state"));
        cJSON_AddNumberToObject(object, "ms", event_number(v->json, "ms"));
        cJSON_AddNumberToObject(object, "bytes", event_number(v->json, "bytes"));
    }
}

static struct blob *print(const struct view *view)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *servers = cJSON_AddArrayToObject(json, "servers");
    cJSON *images = cJSON_AddArrayToObject(json, "images");
    cJSON *batches = cJSON_AddArrayToObject(json, "batches");
    for (size_t i = 0; i < view->n_servers; i++)
        cJSON_AddItemReferenceToArray(servers, view->servers[i].json);
    for (size_t i = 0; i < view->n_images; i++) {
        cJSON *image = cJSON_Duplicate(view->images[i].json, true);
        add_variants(image, &view->images[i]);
        cJSON_AddItemToArray(images, image);
    }
    for (size_t i = 0; i < view->n_batches; i++)
        cJSON_AddItemReferenceToArray(batches, view->batches[i]);
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    struct blob *blob = text ? blob_create(strlen(text)) : NULL;
    if (blob)
        memcpy(blob->bytes, text, blob->len);
    cJSON_free(text);
    return blob;
}

struct blob *view_snapshot(struct view *view)
{
    if (!view->snapshot)
        view->snapshot = print(view);
    return view->snapshot ? blob_hold(view->snapshot) : NULL;
}

size_t view_servers(const struct view *view)
{
    return view->n_servers;
}

bool view_has_image(const struct view *view, const char *id)
{
    return find_image(view, id) < view->n_images;
}

/* The sum for this name, begun if it is new; NULL: no room. */
static struct view_pool *find_pool(struct view_pool *pools, size_t *n, const char *name)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(pools[i].name, name) == 0)
            return &pools[i];
    if (*n == VIEW_POOLS)
        return NULL;
    pools[*n] = (struct view_pool){.name = name};
    return &pools[(*n)++];
}

static void add_workers(const cJSON *workers, struct view_pool *const *by_place, size_t n_places)
{
    enum { POOL_COLUMN = 2, STATE_COLUMN = 3, BUSY = 2 };
    const cJSON *worker;
    cJSON_ArrayForEach(worker, workers)
    {
        double place = cJSON_GetNumberValue(cJSON_GetArrayItem(worker, POOL_COLUMN));
        if (!(place >= 0 && place < (double)n_places) || !by_place[(size_t)place])
            continue;
        struct view_pool *pool = by_place[(size_t)place];
        pool->workers++;
        pool->busy += cJSON_GetNumberValue(cJSON_GetArrayItem(worker, STATE_COLUMN)) == BUSY;
    }
}

size_t view_pools(const struct view *view, struct view_pool pools[VIEW_POOLS])
{
    size_t n = 0;
    for (size_t i = 0; i < view->n_servers; i++) {
        const cJSON *json = view->servers[i].json;
        struct view_pool *by_place[EVENT_POOLS_MAX] = {NULL};
        size_t place = 0;
        const cJSON *pool;
        cJSON_ArrayForEach(pool, cJSON_GetObjectItemCaseSensitive(json, "pools"))
        {
            struct view_pool *sum = find_pool(pools, &n, event_text(pool, "name"));
            if (place < EVENT_POOLS_MAX)
                by_place[place++] = sum;
            if (!sum)
                continue;
            sum->waiting += event_number(pool, "waiting");
            sum->done += event_number(pool, "done");
            sum->failed += event_number(pool, "failed");
            sum->late += event_number(pool, "late");
            sum->crashed += event_number(pool, "crashed");
            sum->cpu_ms += event_number(pool, "cpu_ms");
            sum->bytes += event_number(pool, "bytes");
        }
        add_workers(cJSON_GetObjectItemCaseSensitive(json, "workers"), by_place, place);
    }
    return n;
}
