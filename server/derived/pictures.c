/* SPDX-License-Identifier: ISC */
/*
 * pictures: a table of entries, one for each name that was ever asked for. An entry holds its
 * newest picture until the cache is full and it is the one that was asked for longest ago. Entries
 * themselves stay (a tenth of a kilobyte each): they know when the picture may be made again.
 */
#include "derived/pictures.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "derived/overview.h"
#include "derived/tile.h"
#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/worker.h"

enum {
    PERIOD_MS = 1000,
    TILE_SHARE = 10, /* drawing one tile takes at most a tenth of a core */
    BUCKETS = 1024,
    TILE_BYTES = CANVAS_PIXELS,
};

const struct pictures_limits pictures_limits_default = {.cache_bytes = 16 << 20, .queue = 256};

struct entry {
    struct job job; /* first: the pointers are exchanged */
    struct pictures *pictures;
    struct picture_name name;
    SLIST_ENTRY(entry) in_bucket;
    /* Under the lock: */
    bool wanted;           /* somebody was told PICTURE_COMING; stays until that picture is there */
    int64_t not_before_ms; /* when it may be made again; until then the newest is current */
    struct picture *newest; /* NULL: none, or not in the cache any more */
    uint8_t *drawn; /* of a tile: its colours, so that the next drawing begins with them; or NULL */
    TAILQ_ENTRY(entry) by_use; /* while newest is not NULL */
};

struct pictures {
    struct picture_source *source;
    struct pictures_limits limits;
    struct worker *canvas_worker, *tile_worker; /* a tile may take long: canvases do not wait */
    struct canvas *canvas;                      /* the canvas worker's copy */

    pthread_mutex_t lock; /* of what follows; held for moments only, so that nobody waits */
    SLIST_HEAD(bucket, entry) buckets[BUCKETS];
    TAILQ_HEAD(by_use, entry) by_use; /* the one asked for last comes first */
    size_t cached_bytes;
};

/* ---- the cache; the lock is held ---- */

static struct bucket *bucket_of(struct pictures *pictures, struct picture_name name)
{
    uint32_t hash = name.zoom;
    hash = hash * 2654435761u + (uint32_t)name.x;
    hash = hash * 2654435761u + (uint32_t)name.y;
    return &pictures->buckets[(hash * 2654435761u) >> 22];
}

static struct entry *find(struct pictures *pictures, struct picture_name name)
{
    struct entry *entry;
    SLIST_FOREACH(entry, bucket_of(pictures, name), in_bucket)
    if (picture_name_equal(entry->name, name))
        return entry;
    return NULL;
}

static size_t bytes_of(const struct entry *entry)
{
    return (entry->newest ? entry->newest->len : 0) + (entry->drawn ? TILE_BYTES : 0);
}

/* Drop the picture of an entry. It lives on for those who hold it. */
static void forget(struct pictures *pictures, struct entry *entry)
{
    if (!entry->newest)
        return;
    pictures->cached_bytes -= bytes_of(entry);
    TAILQ_REMOVE(&pictures->by_use, entry, by_use);
    picture_release(entry->newest);
    entry->newest = NULL;
    free(entry->drawn);
    entry->drawn = NULL;
}

static void make_room(struct pictures *pictures, const struct entry *keep)
{
    struct entry *entry = TAILQ_LAST(&pictures->by_use, by_use);
    while (entry && pictures->cached_bytes > pictures->limits.cache_bytes) {
        struct entry *newer = TAILQ_PREV(entry, by_use, by_use);
        if (entry != keep)
            forget(pictures, entry);
        entry = newer;
    }
}

static void touch(struct pictures *pictures, struct entry *entry)
{
    TAILQ_REMOVE(&pictures->by_use, entry, by_use);
    TAILQ_INSERT_HEAD(&pictures->by_use, entry, by_use);
}

/* Take over a picture, and the colours of a tile (or NULL). */
static void remember(struct pictures *pictures, struct entry *entry, struct picture *picture,
                     uint8_t *drawn)
{
    forget(pictures, entry);
    entry->newest = picture;
    entry->drawn = drawn;
    pictures->cached_bytes += bytes_of(entry);
    TAILQ_INSERT_HEAD(&pictures->by_use, entry, by_use);
    make_room(pictures, entry);
}

/* The colours of the last drawing out of the cache, with its version; NULL when there are none. */
static uint8_t *take_drawn(struct pictures *pictures, struct entry *entry, uint64_t *version)
{
    pthread_mutex_lock(&pictures->lock);
    uint8_t *drawn = entry->drawn;
    if (drawn) {
        *version = entry->newest->version;
        pictures->cached_bytes -= TILE_BYTES;
        entry->drawn = NULL;
    }
    pthread_mutex_unlock(&pictures->lock);
    return drawn;
}

/* ---- the workers ---- */

static struct picture *encode(struct pictures *pictures, struct picture_name name, uint64_t version,
                              const uint8_t *pixels)
{
    uint8_t genesis[GENESIS_BYTES];
    bool known = pictures->source->genesis(pictures->source, genesis);
    return picture_make(name, version, known ? genesis : NULL, pixels);
}

static struct picture *make_canvas(struct pictures *pictures, struct picture_name name)
{
    struct canvas *canvas = pictures->canvas;
    pictures->source->copy(pictures->source, picture_name_first(name), canvas);
    return encode(pictures, name, canvas->version, canvas->pixels);
}

/* All painted canvases below a picture, for free(). NULL when out of memory. */
static struct picture_canvas *list_painted(struct pictures *pictures, struct picture_name name,
                                           size_t *n)
{
    struct picture_source *source = pictures->source;
    struct picture_canvas *found = NULL;
    size_t room;
    *n = source->painted(source, name, NULL, 0);
    do { /* until none has come meanwhile */
        room = *n + 1;
        free(found);
        found = malloc(room * sizeof *found);
        if (!found)
            return NULL;
        *n = source->painted(source, name, found, room);
    } while (*n > room);
    return found;
}

/* The same for a tile; those after version `since` count as changed. */
static struct tile_canvas *list_for_tile(struct pictures *pictures, struct picture_name name,
                                         uint64_t since, size_t *n)
{
    struct picture_canvas *found = list_painted(pictures, name, n);
    struct tile_canvas *canvases = found ? calloc(*n + 1, sizeof *canvases) : NULL;
    for (size_t i = 0; canvases && i < *n; i++)
        canvases[i] = (struct tile_canvas){.position = found[i].position,
                                           .changed = found[i].version > since};
    free(found);
    return canvases;
}

struct tile_copier {
    struct tile_source source; /* first */
    struct pictures *pictures;
};

static bool copy_for_tile(struct tile_source *source, struct position position, struct canvas *into)
{
    struct pictures *pictures = ((struct tile_copier *)source)->pictures;
    if (worker_stopping(pictures->tile_worker))
        return false;
    pictures->source->copy(pictures->source, position, into);
    return true;
}

/* *drawn becomes the colours. */
static struct picture *make_tile(struct pictures *pictures, struct entry *entry, uint8_t **drawn)
{
    struct tile_copier copier = {.source.copy = copy_for_tile, .pictures = pictures};
    struct picture *picture = NULL;
    /* The version first: an edit that comes later may show already, but is not taken for drawn. */
    uint64_t version = 0, since = 0;
    pictures->source->version(pictures->source, entry->name, &version);
    uint8_t *pixels = take_drawn(pictures, entry, &since);
    if (!pixels)
        pixels = calloc(1, TILE_BYTES);
    size_t n = 0;
    struct tile_canvas *canvases = list_for_tile(pictures, entry->name, since, &n);
    if (pixels && canvases &&
        tile_draw(entry->name.zoom, picture_name_first(entry->name), canvases, n, &copier.source,
                  pixels) == TILE_DRAWN)
        picture = encode(pictures, entry->name, version, pixels);
    free(canvases);
    if (picture)
        *drawn = pixels;
    else
        free(pixels);
    return picture;
}

/* Draw the painted canvases one after the other. False when the worker stops meanwhile. */
static bool draw_overview(struct pictures *pictures, const struct overview *overview,
                          const struct position *painted, size_t n, struct canvas *copy,
                          uint8_t *pixels)
{
    for (size_t i = 0; i < n; i++) {
        if (worker_stopping(pictures->tile_worker))
            return false;
        pictures->source->copy(pictures->source, painted[i], copy);
        overview_draw(overview, painted[i], copy->pixels, pixels);
    }
    return true;
}

static struct picture *make_overview(struct pictures *pictures, struct picture_name name)
{
    struct picture *picture = NULL;
    uint64_t version = 0; /* before the drawing, as of a tile */
    pictures->source->version(pictures->source, name, &version);
    size_t n = 0;
    struct picture_canvas *found = list_painted(pictures, name, &n);
    struct position *painted = calloc(n + 1, sizeof *painted);
    struct canvas *copy = malloc(sizeof *copy);
    for (size_t i = 0; found && painted && i < n; i++)
        painted[i] = found[i].position;
    if (found && painted && copy) {
        struct overview overview = overview_of(painted, n);
        uint8_t *pixels = calloc(overview.width, overview.height);
        if (pixels && draw_overview(pictures, &overview, painted, n, copy, pixels)) {
            uint8_t genesis[GENESIS_BYTES];
            bool known = pictures->source->genesis(pictures->source, genesis);
            picture = picture_make_area(name, version, known ? genesis : NULL, pixels,
                                        overview.width, overview.height);
        }
        free(pixels);
    }
    free(copy);
    free(painted);
    free(found);
    return picture;
}

static struct picture *make(struct pictures *pictures, struct entry *entry, uint8_t **drawn)
{
    if (entry->name.zoom == 0)
        return make_canvas(pictures, entry->name);
    if (entry->name.zoom == PICTURE_OVERVIEW)
        return make_overview(pictures, entry->name);
    return make_tile(pictures, entry, drawn);
}

static struct worker *worker_of(const struct pictures *pictures, struct picture_name name)
{
    return name.zoom == 0 ? pictures->canvas_worker : pictures->tile_worker;
}

static void run(struct job *job)
{
    struct entry *entry = (struct entry *)job;
    struct pictures *pictures = entry->pictures;
    struct worker *worker = worker_of(pictures, entry->name);
    uint8_t *drawn = NULL;
    int64_t began = clock_now_ms();
    struct picture *picture = make(pictures, entry, &drawn);
    /* The time counts from the end of the encoding: on a machine so slow that it takes a second,
     * those who were told "ready" must still find the picture current. */
    int64_t now = clock_now_ms(), pause = PERIOD_MS;
    if (entry->name.zoom > 0 && TILE_SHARE * (now - began) > pause)
        pause = TILE_SHARE * (now - began);

    pthread_mutex_lock(&pictures->lock);
    entry->not_before_ms = now + pause;
    if (picture)
        remember(pictures, entry, picture_retain(picture), drawn);
    entry->wanted = !picture && worker_add(worker, &entry->job, entry->not_before_ms);
    pthread_mutex_unlock(&pictures->lock);

    if (picture)
        pictures->source->ready(pictures->source, picture);
    else if (!worker_stopping(worker))
        diag_error("a picture: out of memory; trying again in a second");
    picture_release(picture);
}

/* ---- asking ---- */

static struct entry *find_or_add(struct pictures *pictures, struct picture_name name)
{
    struct entry *entry = find(pictures, name);
    if (!entry && (entry = calloc(1, sizeof *entry))) {
        entry->job.run = run;
        entry->pictures = pictures;
        entry->name = name;
        SLIST_INSERT_HEAD(bucket_of(pictures, name), entry, in_bucket);
    }
    return entry;
}

/* Is the newest picture good enough, given the newest version and whether the log has begun? */
static bool is_current(const struct entry *entry, uint64_t version, bool begun)
{
    const struct picture *newest = entry->newest;
    return newest && (clock_now_ms() < entry->not_before_ms ||
                      (newest->version >= version && (newest->genesis[0] || !begun)));
}

enum picture_state pictures_get(struct pictures *pictures, struct picture_name name,
                                struct picture **picture)
{
    uint64_t version;
    uint8_t genesis[GENESIS_BYTES];
    if (!picture_name_valid(name) || !pictures->source->version(pictures->source, name, &version))
        return PICTURE_NONE;
    bool begun = pictures->source->genesis(pictures->source, genesis);
    enum picture_state state = PICTURE_BUSY;
    pthread_mutex_lock(&pictures->lock);
    struct entry *entry = find_or_add(pictures, name);
    if (entry && is_current(entry, version, begun)) {
        touch(pictures, entry);
        *picture = picture_retain(entry->newest);
        state = PICTURE_READY;
    } else if (entry) {
        if (!entry->wanted)
            entry->wanted =
                worker_add(worker_of(pictures, name), &entry->job, entry->not_before_ms);
        state = entry->wanted ? PICTURE_COMING : PICTURE_BUSY;
    }
    pthread_mutex_unlock(&pictures->lock);
    return state;
}

struct picture *pictures_newest(struct pictures *pictures, struct picture_name name)
{
    pthread_mutex_lock(&pictures->lock);
    struct entry *entry = find(pictures, name);
    struct picture *picture = entry ? picture_retain(entry->newest) : NULL;
    pthread_mutex_unlock(&pictures->lock);
    return picture;
}

/* ---- the beginning and the end ---- */

struct pictures *pictures_create(struct picture_source *source, struct pictures_limits limits)
{
    struct pictures *pictures = calloc(1, sizeof *pictures);
    if (!pictures)
        return NULL;
    pictures->source = source;
    pictures->limits = limits;
    pthread_mutex_init(&pictures->lock, NULL);
    TAILQ_INIT(&pictures->by_use);
    pictures->canvas = malloc(sizeof *pictures->canvas);
    pictures->canvas_worker = worker_create("pictures", limits.queue);
    pictures->tile_worker = worker_create("tiles", limits.queue);
    if (!pictures->canvas || !pictures->canvas_worker || !pictures->tile_worker) {
        int error = errno;
        pictures_destroy(pictures);
        errno = error;
        return NULL;
    }
    return pictures;
}

void pictures_destroy(struct pictures *pictures)
{
    if (!pictures)
        return;
    worker_destroy(pictures->canvas_worker);
    worker_destroy(pictures->tile_worker);
    for (size_t i = 0; i < BUCKETS; i++) {
        struct entry *entry;
        while ((entry = SLIST_FIRST(&pictures->buckets[i]))) {
            SLIST_REMOVE_HEAD(&pictures->buckets[i], in_bucket);
            forget(pictures, entry);
            free(entry);
        }
    }
    pthread_mutex_destroy(&pictures->lock);
    free(pictures->canvas);
    free(pictures);
}
