/* SPDX-License-Identifier: ISC */
/* tiles: see tiles.h. */
#include "render/http/tiles.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/crc32c.h"
#include "render/farm/farm.h"
#include "render/http/map_styles.h"
#include "render/http/originals.h"
#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"
#include "render/name/picture.h"
#include "render/store/keeper.h"
#include "render/store/memory.h"
#include "render/store/store.h"
#include "sys/clock.h"

enum {
    CACHE_BYTES = 64,
    ETAG_BYTES = 32,
    LARGE_BYTES = 1024 * 1024,
    LENT_MAX = 256 * 1024 * 1024,
    OLD_S = 5, /* how long an old picture may be kept by others, while a new one is made */
};

/* Somebody who waits for a picture: a request, or nobody, who was given an old one. */
struct waiting {
    struct farm_waiter waiter;
    struct web_request *request;
    struct farm *farm;
};

/* ---- an answer ---- */

/* Seconds for which a picture stays good: -1 for ever, 0: it is old. */
static int64_t good_for(const struct site *site, int64_t written_ms)
{
    if (site->stale_after_s == 0)
        return -1;
    int64_t age_s = (clock_wall_ms() - written_ms) / 1000;
    return age_s < 0                              ? site->stale_after_s
           : age_s < (int64_t)site->stale_after_s ? site->stale_after_s - age_s
                                                  : 0;
}

/* By its first bytes: what an engine has made is one of these. */
static const char *type_of(const struct blob *blob)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G'}, jpeg[] = {0xff, 0xd8, 0xff};
    if (blob->len >= sizeof png && memcmp(blob->bytes, png, sizeof png) == 0)
        return "image/png";
    if (blob->len >= sizeof jpeg && memcmp(blob->bytes, jpeg, sizeof jpeg) == 0)
        return "image/jpeg";
    if (blob->len >= 12 && memcmp(blob->bytes, "RIFF", 4) == 0 &&
        memcmp(blob->bytes + 8, "WEBP", 4) == 0)
        return "image/webp";
    return "application/octet-stream";
}

static void answer(struct web_request *request, struct blob *blob, uint32_t crc, int64_t written_ms)
{
    char cache[CACHE_BYTES], etag[ETAG_BYTES];
    int64_t seconds = good_for(request->site, written_ms);
    if (seconds >= 0)
        snprintf(cache, sizeof cache, "public, max-age=%lld",
                 (long long)(seconds > 0 ? seconds : OLD_S));
    snprintf(etag, sizeof etag, "\"%08x-%zx\"", crc, blob->len);
    web_reply(request, &(struct web_reply){
                           .status = 200,
                           .type = type_of(blob),
                           .cache = seconds < 0 ? "public, max-age=31536000, immutable" : cache,
                           .etag = etag,
                           .any_origin = true,
                           .blob = blob_hold(blob),
                       });
}

/* A picture that was read for one client alone is there until he has all of it, and he may be slow:
 * large ones have a bound on their bytes in all. */
static void on_taken_back(struct web_request *request)
{
    request->site->counts.pictures_lent_bytes -= (uintptr_t)request->context;
}

/* False: too much is lent, which has been answered. */
static bool lend(struct web_request *request, const struct blob *blob)
{
    struct counts *counts = &request->site->counts;
    if (blob->len < LARGE_BYTES)
        return true;
    if (counts->pictures_lent_bytes + blob->len > LENT_MAX) {
        counts->pictures_full_total++;
        web_reply_later(request, 503, 1, "too many large pictures are on their way");
        return false;
    }
    counts->pictures_lent_bytes += blob->len;
    request->context = (void *)(uintptr_t)blob->len;
    request->ended = on_taken_back;
    return true;
}

static void unknown(struct web_request *request)
{
    request->site->counts.pictures_unknown_total++;
    web_reply_error(request, 404, "there is no picture by this name");
}

/* ---- waiting for the farm ---- */

static void answer_of_farm(struct web_request *request, const struct farm_answer *farm)
{
    struct counts *counts = &request->site->counts;
    char words[FARM_ERROR_BYTES + 64];
    switch (farm->outcome) {
    case FARM_DONE:
        counts->pictures_rendered_total++;
        answer(request, farm->picture, crc32c(0, farm->picture->bytes, farm->picture->len),
               clock_wall_ms());
        break;
    case FARM_FULL:
        counts->pictures_full_total++;
        web_reply_later(request, 503, farm->retry_s ? farm->retry_s : 1,
                        "too many pictures wait to be rendered");
        break;
    case FARM_FAILED:
        counts->pictures_failed_total++;
        snprintf(words, sizeof words, "this picture cannot be rendered: %s",
                 farm->why ? farm->why : "no reason is known");
        web_reply_later(request, 500, farm->retry_s ? farm->retry_s : FARM_NEGATIVE_S, words);
        break;
    }
}

static void on_answered(struct farm_waiter *waiter, const struct farm_answer *farm)
{
    struct waiting *waiting = (struct waiting *)waiter;
    struct web_request *request = waiting->request;
    if (request) {
        request->context = NULL;
        answer_of_farm(request, farm);
    }
    free(waiting);
}

static void on_ended(struct web_request *request)
{
    struct waiting *waiting = request->context;
    if (!waiting)
        return;
    farm_leave(waiting->farm, &waiting->waiter);
    free(waiting);
}

static void ask(struct site *site, struct pool *pool, const struct picture *picture,
                enum farm_priority priority, struct web_request *request)
{
    struct waiting *waiting = calloc(1, sizeof *waiting);
    if (!waiting) {
        if (request)
            web_reply_later(request, 503, 1, "out of memory");
        return;
    }
    waiting->waiter.answered = on_answered;
    waiting->request = request;
    waiting->farm = site->farm;
    if (request) {
        request->context = waiting;
        request->ended = on_ended;
    }
    farm_ask(site->farm, pool, picture, priority, &waiting->waiter);
}

/* ---- finding it ---- */

static struct pool *pool_of_map(const struct site *site, const struct picture *picture)
{
    const struct map_served *map =
        site->map_styles ? map_styles_find(site->map_styles, picture) : NULL;
    return map ? map->pool : NULL;
}

struct pool *tiles_pool(const struct site *site, const struct picture *picture)
{
    switch (picture->kind) {
    case PICTURE_MANDELBROT:
    case PICTURE_JULIA:
        return site->fractal;
    case PICTURE_MAP:
        return pool_of_map(site, picture);
    case PICTURE_IMAGE:
        return site->originals && originals_has(site->originals, picture->id)
                   ? site->images[picture->op]
                   : NULL;
    }
    return NULL;
}

/* Of this name, from memory or else from the store into memory. NULL: there is none. */
static const struct memory_picture *find(struct site *site, const char *name,
                                         struct memory_picture *read)
{
    const struct memory_picture *found = memory_get(site->memory, name);
    if (found) {
        site->counts.pictures_memory_total++;
        return found;
    }
    *read = (struct memory_picture){0};
    if (store_get(site->store, name, &read->blob, &read->written_ms) != STORE_FOUND)
        return NULL;
    site->counts.pictures_store_total++;
    memory_put(site->memory, name, read->blob, read->written_ms);
    read->crc = crc32c(0, read->blob->bytes, read->blob->len);
    return read;
}

void tiles_get(struct web_request *request)
{
    struct site *site = request->site;
    struct picture picture;
    char name[PICTURE_NAME_BYTES];
    bool query = request->path[request->path_len] != '\0';
    if (query || !picture_parse(&picture, request->path, request->path_len)) {
        unknown(request);
        return;
    }
    struct pool *pool = tiles_pool(site, &picture);
    if (!pool) {
        unknown(request);
        return;
    }
    picture_format(&picture, name);
    struct memory_picture read = {0};
    const struct memory_picture *found = find(site, name, &read);
    if (!found) {
        ask(site, pool, &picture, FARM_WAITING, request);
        return;
    }
    if (found != &read || lend(request, read.blob))
        answer(request, found->blob, found->crc, found->written_ms);
    if (good_for(site, found->written_ms) == 0) {
        site->counts.pictures_stale_total++;
        ask(site, pool, &picture, FARM_STALE, NULL);
    }
    blob_release(read.blob);
}

uint64_t tiles_size(struct site *site, const struct picture *picture)
{
    char name[PICTURE_NAME_BYTES];
    picture_format(picture, name);
    const struct memory_picture *found = memory_get(site->memory, name);
    return found ? found->blob->len : 0;
}

void tiles_finished(struct site *site, const struct picture *picture, struct blob *bytes)
{
    char name[PICTURE_NAME_BYTES];
    picture_format(picture, name);
    memory_put(site->memory, name, bytes, clock_wall_ms());
    keeper_put(site->keeper, name, bytes, false, NULL, NULL);
}
