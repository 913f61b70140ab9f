/* SPDX-License-Identifier: ISC */
/*
 * canvases: a directory of pointers by position, read without a lock, and the same places in order.
 * The directory's pages take no memory until a place is on them.
 */
#include "plane/canvases.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Places are never released while the server runs, because whoever found one keeps it: a canvas
 * that is closed and was never painted stays behind, hidden. So they are CANVASES_OPENED_MAX and
 * CANVASES_PAINTED_MAX together at most. */
struct canvases {
    struct fold fold;
    struct place_common common;
    struct metrics *metrics;
    size_t open_w, open_h; /* open from the start */
    size_t n_painted;
    bool live; /* the end of the log has been reached */

    _Atomic(struct canvas_place *) *directory; /* [gy + 1024][gx + 1024] */

    pthread_mutex_t list_lock;  /* of the list: who paints and who opens changes it */
    struct canvas_place **list; /* in order of (gy, gx); the hidden ones too */
    size_t n, room, n_open;

    pthread_mutex_t state_lock;
    struct plane_state state;
    _Atomic uint64_t version; /* state.version, for those who ask without the lock */

    struct canvas_place *changed[CANVASES_PAINTED_MAX]; /* since the watchers were told */
    size_t n_changed;
};

static struct canvases *of_fold(struct fold *fold)
{
    return (struct canvases *)((char *)fold - offsetof(struct canvases, fold));
}

static size_t slot_of(struct position p)
{
    return (size_t)(p.gy - POSITION_MIN) * POSITION_SPAN + (size_t)(p.gx - POSITION_MIN);
}

/* ---- the list ---- */

static bool comes_before(struct position a, struct position b)
{
    return a.gy != b.gy ? a.gy < b.gy : a.gx < b.gx;
}

/* Room for one more. */
static int reserve(struct canvases *canvases)
{
    if (canvases->n < canvases->room)
        return 0;
    size_t room = canvases->room ? 2 * canvases->room : 16;
    struct canvas_place **list = realloc(canvases->list, room * sizeof(struct canvas_place *));
    if (!list)
        return -1;
    canvases->list = list;
    canvases->room = room;
    return 0;
}

/* Under the list's lock. */
static struct canvas_place *add(struct canvases *canvases, struct position position, bool open)
{
    struct canvas_place *place = reserve(canvases) == 0
                                     ? place_create(&canvases->common, position, open, canvases->n)
                                     : NULL;
    if (!place)
        return NULL;
    size_t at = canvases->n++;
    for (; at > 0 && comes_before(position, place_position(canvases->list[at - 1])); at--)
        canvases->list[at] = canvases->list[at - 1];
    canvases->list[at] = place;
    canvases->n_open += open;
    atomic_store_explicit(&canvases->directory[slot_of(position)], place, memory_order_release);
    return place;
}

/* The place of a position, also a hidden one. */
static struct canvas_place *look_up(const struct canvases *canvases, struct position position)
{
    return atomic_load_explicit(&canvases->directory[slot_of(position)], memory_order_acquire);
}

/* Neither open nor painted: it is not there for anybody. */
static bool is_hidden(const struct canvas_place *place)
{
    return !place_open(place) && place_version(place) == 0;
}

struct canvas_place *canvases_find(const struct canvases *canvases, struct position position)
{
    struct canvas_place *place = position_in_range(position) ? look_up(canvases, position) : NULL;
    return place && !is_hidden(place) ? place : NULL;
}

size_t canvases_list(struct canvases *canvases, struct canvas_place **into, size_t room)
{
    size_t n = 0;
    pthread_mutex_lock(&canvases->list_lock);
    for (size_t i = 0; i < canvases->n; i++) {
        if (is_hidden(canvases->list[i]))
            continue;
        if (n < room)
            into[n] = canvases->list[i];
        n++;
    }
    pthread_mutex_unlock(&canvases->list_lock);
    return n;
}

/* ---- opening and closing ---- */

bool canvases_opens_by_itself(const struct canvases *canvases, struct position position)
{
    return position.gx >= 0 && position.gy >= 0 && (size_t)position.gx < canvases->open_w &&
           (size_t)position.gy < canvases->open_h;
}

/* Under the list's lock. */
static enum canvases_set set_open(struct canvases *canvases, struct position position, bool open)
{
    struct canvas_place *place = look_up(canvases, position);
    if (place ? place_open(place) == open : !open)
        return CANVASES_AS_IT_WAS;
    if (open &&
        (canvases->n_open == CANVASES_OPEN_MAX || (!place && canvases->n >= CANVASES_OPENED_MAX)))
        return CANVASES_TOO_MANY;
    if (!place)
        return add(canvases, position, true) ? CANVASES_CHANGED : CANVASES_NO_MEMORY;
    place_set_open(place, open);
    canvases->n_open = open ? canvases->n_open + 1 : canvases->n_open - 1;
    return CANVASES_CHANGED;
}

enum canvases_set canvases_set_open(struct canvases *canvases, struct position position, bool open)
{
    pthread_mutex_lock(&canvases->list_lock);
    enum canvases_set result = set_open(canvases, position, open);
    pthread_mutex_unlock(&canvases->list_lock);
    return result;
}

/* ---- the fold ---- */

/* The place of a canvas that is painted now, made if it is the first time. NULL with a message. */
static struct canvas_place *place_to_paint(struct canvases *canvases, struct position position,
                                           char error[FOLD_ERROR_BYTES])
{
    struct canvas_place *place = look_up(canvases, position);
    if (place && place_painted(place))
        return place;
    if (canvases->n_painted == CANVASES_PAINTED_MAX) {
        snprintf(error, FOLD_ERROR_BYTES,
                 "the log paints more than %d canvases, which is as many as a server can hold",
                 CANVASES_PAINTED_MAX);
        return NULL;
    }
    pthread_mutex_lock(&canvases->list_lock);
    place = look_up(canvases, position); /* it may have been opened this moment */
    if (!place)
        place = add(canvases, position, false);
    pthread_mutex_unlock(&canvases->list_lock);
    if (!place) {
        snprintf(error, FOLD_ERROR_BYTES, "out of memory");
        return NULL;
    }
    canvases->n_painted++;
    metric_set(canvases->metrics, canvases, canvases->n_painted);
    return place;
}

static int paint(struct canvases *canvases, const struct record_edits *edits, uint64_t version,
                 char error[FOLD_ERROR_BYTES])
{
    bool news;
    struct canvas_place *place = place_to_paint(canvases, edits->position, error);
    if (!place)
        return -1;
    if (canvases->live) /* so that those who come can go on from where their picture was */
        place_begin_ring(place, canvases->common.rings.plan.smallest);
    if (place_paint(place, edits->edits, edits->n, version, &news) != 0) {
        snprintf(error, FOLD_ERROR_BYTES, "out of memory for a canvas");
        return -1;
    }
    if (news)
        canvases->changed[canvases->n_changed++] = place;
    return 0;
}

/* Tell the watchers of all canvases that have changed. */
static void delivered(struct fold *fold)
{
    struct canvases *canvases = of_fold(fold);
    for (size_t i = 0; i < canvases->n_changed; i++)
        place_notify(canvases->changed[i]);
    canvases->n_changed = 0;
}

static void note(struct canvases *canvases, const struct record *record,
                 const struct anchor *anchor)
{
    struct plane_state *state = &canvases->state;
    pthread_mutex_lock(&canvases->state_lock);
    state->version = record->offset + 1;
    state->anchor = *anchor;
    if (!state->has_genesis && record->genesis.data && record->genesis.len == GENESIS_BYTES) {
        state->has_genesis = true;
        memcpy(state->genesis, record->genesis.data, GENESIS_BYTES);
    }
    pthread_mutex_unlock(&canvases->state_lock);
    /* After the ring: whoever sees this version finds there what is below it. */
    atomic_store_explicit(&canvases->version, state->version, memory_order_release);
    metric_set(canvases->metrics, version, state->version);
}

static int on_record(struct fold *fold, const struct fold_record *record,
                     char error[FOLD_ERROR_BYTES])
{
    struct canvases *canvases = of_fold(fold);
    const struct record_edits *edits = &record->edits;
    if (edits->n > 0 && paint(canvases, edits, record->record->offset + 1, error) != 0)
        return -1;
    note(canvases, record->record, &record->anchor);
    metric_add(canvases->metrics, records_total, 1);
    metric_add(canvases->metrics, edits_folded_total, edits->n);
    metric_add(canvases->metrics, records_skipped_total, edits->n == 0);
    return 0;
}

/* A plane of one canvas gives it all that a ring can be at once: then resuming is as good as ever.
 */
static void on_live(struct fold *fold)
{
    struct canvases *canvases = of_fold(fold);
    canvases->live = true;
    if (canvases->open_w * canvases->open_h == 1)
        place_begin_ring(canvases_find(canvases, (struct position){0, 0}),
                         canvases->common.rings.plan.largest);
}

static void reclaim(struct place_common *common, const struct canvas_place *asking)
{
    struct canvases *canvases =
        (struct canvases *)((char *)common - offsetof(struct canvases, common));
    pthread_mutex_lock(&canvases->list_lock);
    for (size_t i = 0; i < canvases->n; i++) {
        if (canvases->list[i] != asking)
            place_reclaim_ring(canvases->list[i]);
    }
    pthread_mutex_unlock(&canvases->list_lock);
}

/* ---- the state ---- */

uint64_t canvases_version(const struct canvases *canvases)
{
    return atomic_load_explicit(&canvases->version, memory_order_acquire);
}

bool canvases_genesis(struct canvases *canvases, uint8_t genesis[GENESIS_BYTES])
{
    struct plane_state state;
    canvases_state(canvases, &state);
    memcpy(genesis, state.genesis, GENESIS_BYTES);
    return state.has_genesis;
}

void canvases_state(struct canvases *canvases, struct plane_state *state)
{
    pthread_mutex_lock(&canvases->state_lock);
    *state = canvases->state;
    pthread_mutex_unlock(&canvases->state_lock);
}

int canvases_load(struct canvases *canvases, struct position position, const struct canvas *canvas)
{
    char error[FOLD_ERROR_BYTES];
    struct canvas_place *place = place_to_paint(canvases, position, error);
    return place ? place_load(place, canvas) : -1;
}

void canvases_resume(struct canvases *canvases, const struct plane_state *state)
{
    canvases->state = *state;
    canvases->fold.from = state->version;
    atomic_store_explicit(&canvases->version, state->version, memory_order_release);
    metric_set(canvases->metrics, version, state->version);
}

struct fold *canvases_fold(struct canvases *canvases)
{
    return &canvases->fold;
}

/* ---- making and releasing ---- */

static int add_open(struct canvases *canvases, size_t open_w, size_t open_h)
{
    for (size_t gy = 0; gy < open_h; gy++) {
        for (size_t gx = 0; gx < open_w; gx++) {
            struct position position = {.gx = (int16_t)gx, .gy = (int16_t)gy};
            if (!add(canvases, position, true))
                return -1;
        }
    }
    return 0;
}

struct canvases *canvases_create(size_t open_w, size_t open_h, struct metrics *metrics,
                                 struct env *env, const struct ring_plan *rings)
{
    static const struct fold_ops ops = {
        .record = on_record, .delivered = delivered, .live = on_live};
    struct canvases *canvases = calloc(1, sizeof *canvases);
    if (!canvases)
        return NULL;
    canvases->fold.ops = &ops;
    canvases->common.env = env;
    canvases->common.rings.plan = rings ? *rings : ring_plan_default;
    canvases->common.rings.metrics = metrics;
    canvases->common.reclaim = reclaim;
    canvases->metrics = metrics;
    canvases->open_w = open_w;
    canvases->open_h = open_h;
    pthread_mutex_init(&canvases->list_lock, NULL);
    pthread_mutex_init(&canvases->state_lock, NULL);
    canvases->directory =
        calloc((size_t)POSITION_SPAN * POSITION_SPAN, sizeof *canvases->directory);
    if (!canvases->directory || add_open(canvases, open_w, open_h) != 0) {
        canvases_destroy(canvases);
        return NULL;
    }
    return canvases;
}

void canvases_destroy(struct canvases *canvases)
{
    if (!canvases)
        return;
    for (size_t i = 0; i < canvases->n; i++)
        place_destroy(canvases->list[i]);
    free(canvases->list);
    free(canvases->directory);
    pthread_mutex_destroy(&canvases->list_lock);
    pthread_mutex_destroy(&canvases->state_lock);
    free(canvases);
}
