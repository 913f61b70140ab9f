/* SPDX-License-Identifier: ISC */
/* place: pixels and ring under one lock; whoever watches reads the ring without it. */
#include "plane/place.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "plane/growing_ring.h"

enum { PICTURE_BYTES = 512 * 1024 }; /* until a picture has been made: about its greatest size */

struct canvas_place {
    struct place_common *common;
    struct position position;
    atomic_bool open;
    size_t index;
    _Atomic uint64_t version;
    _Atomic uint64_t picture_bytes;
    bool notify_due; /* the reader's thread only */

    pthread_mutex_t lock;          /* of all below; the ring may also be read by those who watch */
    struct canvas *_Atomic canvas; /* NULL: blank. place_colour reads it without the lock */
    struct growing_ring ring;
    struct place_watcher *watchers;
};

struct canvas_place *place_create(struct place_common *common, struct position position, bool open,
                                  size_t index)
{
    struct canvas_place *place = calloc(1, sizeof *place);
    if (!place)
        return NULL;
    place->common = common;
    place->position = position;
    atomic_init(&place->open, open);
    place->index = index;
    place->picture_bytes = PICTURE_BYTES;
    pthread_mutex_init(&place->lock, NULL);
    return place;
}

void place_destroy(struct canvas_place *place)
{
    if (!place)
        return;
    ring_budget_give(&place->common->rings, growing_ring_finish(&place->ring));
    pthread_mutex_destroy(&place->lock);
    free(place->canvas);
    free(place);
}

struct position place_position(const struct canvas_place *place)
{
    return place->position;
}

bool place_open(const struct canvas_place *place)
{
    return atomic_load_explicit(&place->open, memory_order_acquire);
}

void place_set_open(struct canvas_place *place, bool open)
{
    atomic_store_explicit(&place->open, open, memory_order_release);
}

uint64_t place_version(const struct canvas_place *place)
{
    return atomic_load_explicit(&place->version, memory_order_acquire);
}

size_t place_index(const struct canvas_place *place)
{
    return place->index;
}

uint64_t place_picture_bytes(const struct canvas_place *place)
{
    return atomic_load_explicit(&place->picture_bytes, memory_order_relaxed);
}

void place_set_picture_bytes(struct canvas_place *place, uint64_t bytes)
{
    atomic_store_explicit(&place->picture_bytes, bytes, memory_order_relaxed);
}

bool place_painted(const struct canvas_place *place)
{
    return place->canvas != NULL;
}

void place_copy(struct canvas_place *place, struct canvas *into)
{
    pthread_mutex_lock(&place->lock);
    if (place->canvas)
        *into = *place->canvas;
    else
        canvas_init(into);
    pthread_mutex_unlock(&place->lock);
}

uint32_t place_colour(const struct canvas_place *place, uint32_t x, uint32_t y)
{
    const struct canvas *canvas = atomic_load_explicit(&place->canvas, memory_order_acquire);
    return canvas ? canvas_colour(canvas, x, y) : 0;
}

/* ---- the ring ---- */

/* A ring of this size whose bytes have been taken. -1 when out of memory. */
static int begin_ring(struct canvas_place *place, struct ring_size size)
{
    const struct canvas *canvas = place->canvas;
    if (growing_ring_begin(&place->ring, size, env_now_us(place->common->env),
                           canvas ? canvas->version : 0, canvas ? canvas->checksum : 0) == 0)
        return 0;
    ring_budget_give(&place->common->rings, ring_bytes(size.edits_log2, size.marks_log2));
    return -1;
}

void place_begin_ring(struct canvas_place *place, struct ring_size size)
{
    struct ring_budget *rings = &place->common->rings;
    if (growing_ring_get(&place->ring))
        return;
    pthread_mutex_lock(&place->lock);
    if (!growing_ring_get(&place->ring) &&
        ring_budget_take(rings, ring_bytes(size.edits_log2, size.marks_log2),
                         rings->plan.bytes / 2))
        begin_ring(place, size);
    pthread_mutex_unlock(&place->lock);
}

void place_reclaim_ring(struct canvas_place *place)
{
    struct ring_budget *rings = &place->common->rings;
    pthread_mutex_lock(&place->lock);
    if (!place->watchers && !ring_size_equal(place->ring.size, rings->plan.smallest))
        ring_budget_give(rings, growing_ring_finish(&place->ring));
    pthread_mutex_unlock(&place->lock);
}

/* Before n edits are pushed: make the ring as large as it takes to keep young edits for those who
 * watch. Where there is no room for that, those who are slow will have to begin anew. */
static void make_room(struct canvas_place *place, size_t n)
{
    struct place_common *common = place->common;
    const struct ring_plan *plan = &common->rings.plan;
    while (growing_ring_is_fast(&place->ring, n, common->env, plan->keep_us) && place->watchers) {
        struct ring_size size = ring_size_next(plan, place->ring.size);
        size_t bytes = ring_bytes(size.edits_log2, size.marks_log2);
        if (ring_size_equal(size, place->ring.size))
            return;
        if (!ring_budget_take(&common->rings, bytes, plan->bytes)) {
            common->reclaim(common, place);
            if (!ring_budget_take(&common->rings, bytes, plan->bytes))
                return;
        }
        if (growing_ring_grow(&place->ring, size, env_now_us(common->env)) != 0) {
            ring_budget_give(&common->rings, bytes);
            return;
        }
    }
}

const struct ring *place_ring(const struct canvas_place *place)
{
    return growing_ring_get(&place->ring);
}

int place_watch(struct canvas_place *place, struct place_watcher *watcher)
{
    struct ring_budget *rings = &place->common->rings;
    struct ring_size size = rings->plan.smallest;
    int result = 0;
    pthread_mutex_lock(&place->lock);
    if (!growing_ring_get(&place->ring)) {
        ring_budget_force(rings, ring_bytes(size.edits_log2, size.marks_log2));
        result = begin_ring(place, size);
    }
    if (result == 0) {
        watcher->next = place->watchers;
        place->watchers = watcher;
    }
    pthread_mutex_unlock(&place->lock);
    return result;
}

void place_unwatch(struct canvas_place *place, struct place_watcher *watcher)
{
    pthread_mutex_lock(&place->lock);
    struct place_watcher **at = &place->watchers;
    while (*at != watcher)
        at = &(*at)->next;
    *at = watcher->next;
    if (!place->watchers)
        ring_budget_give(&place->common->rings, growing_ring_free_retired(&place->ring));
    pthread_mutex_unlock(&place->lock);
}

void place_notify(struct canvas_place *place)
{
    place->notify_due = false;
    pthread_mutex_lock(&place->lock);
    for (struct place_watcher *watcher = place->watchers; watcher; watcher = watcher->next)
        watcher->changed(watcher);
    pthread_mutex_unlock(&place->lock);
}

/* ---- the pixels ---- */

/* Under the lock. */
static int allocate(struct canvas_place *place)
{
    if (!place->canvas)
        place->canvas = calloc(1, sizeof *place->canvas);
    return place->canvas ? 0 : -1;
}

int place_load(struct canvas_place *place, const struct canvas *canvas)
{
    pthread_mutex_lock(&place->lock);
    int result = allocate(place);
    if (result == 0) {
        *place->canvas = *canvas;
        atomic_store_explicit(&place->version, canvas->version, memory_order_release);
    }
    pthread_mutex_unlock(&place->lock);
    return result;
}

int place_paint(struct canvas_place *place, const uint8_t *edits, size_t n, uint64_t version,
                bool *news)
{
    *news = false;
    if (version <= place->version)
        return 0;
    pthread_mutex_lock(&place->lock);
    int result = allocate(place);
    if (result == 0) {
        canvas_apply(place->canvas, edits, n, version);
        if (growing_ring_get(&place->ring)) {
            make_room(place, n);
            growing_ring_push(&place->ring, edits, n, version, place->canvas->checksum);
        }
        atomic_store_explicit(&place->version, version, memory_order_release);
        *news = !place->notify_due;
        place->notify_due = true;
    }
    pthread_mutex_unlock(&place->lock);
    return result;
}
