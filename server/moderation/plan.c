/* SPDX-License-Identifier: ISC */
/*
 * plan: decisions are made once a run of edits of one author; what nobody is interested in costs an
 * edit one load and one store.
 */
#include "moderation/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "history/digest.h"
#include "moderation/runs.h"

enum {
    AUTHORS_ROOM = 1 << 20, /* of a network, or banned */
    COLOUR = 0xf,
    TARGET = 0xf0,
    BOTH = 0x11, /* times a colour: it shows, and is the target */
    PLACE = PLAN_PIXELS - 1,
};

_Static_assert(PLAN_PIXELS >= CANVAS_HEIGHT << 10, "an edit's lower 20 bits are its pixel");

/* What a run of edits of one author at one time means. */
enum meaning {
    PLAIN,  /* a target for others */
    BANNED, /* none */
    FITS,
};

static int fail(char error[PLAN_ERROR_BYTES], const char *why)
{
    snprintf(error, PLAN_ERROR_BYTES, "%s", why);
    return -1;
}

/* ---- who is meant ---- */

static int add_all(struct author_table *table, const uint64_t *authors, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (author_table_get(table, authors[i]) == 0 && author_table_add(table, authors[i], 1) != 0)
            return -1;
    }
    return 0;
}

/* Those that were seen on the predicate's networks. */
static int find_seen(const struct predicate *predicate, struct plan_networks *networks,
                     struct author_table *seen, uint64_t *room, char error[PLAN_ERROR_BYTES])
{
    for (size_t i = 0; i < predicate->n_networks; i++) {
        size_t n =
            networks ? networks->authors(networks, predicate->networks[i], room, AUTHORS_ROOM) : 0;
        if (n > AUTHORS_ROOM)
            return fail(error, "too many authors were seen on that network");
        if (add_all(seen, room, n) != 0)
            return fail(error, "out of memory");
    }
    return 0;
}

/* Both lists have to fit when both are there. */
static int find_members(struct plan *plan, struct plan_networks *networks, uint64_t *room,
                        char error[PLAN_ERROR_BYTES])
{
    const struct predicate *predicate = &plan->predicate;
    struct author_table seen = {0};
    plan->anybody = predicate->n_authors == 0 && predicate->n_networks == 0;
    int result = find_seen(predicate, networks, &seen, room, error);
    if (result == 0 && predicate->n_authors == 0) {
        plan->members = seen;
        return 0;
    }
    for (size_t i = 0; result == 0 && i < predicate->n_authors; i++) {
        uint64_t author = predicate->authors[i];
        if ((predicate->n_networks == 0 || author_table_get(&seen, author) > 0) &&
            add_all(&plan->members, &author, 1) != 0)
            result = fail(error, "out of memory");
    }
    author_table_finish(&seen);
    return result;
}

int plan_init(struct plan *plan, const struct predicate *predicate, uint64_t version,
              struct plan_networks *networks, struct plan_bans *bans, char error[PLAN_ERROR_BYTES])
{
    *plan = (struct plan){.predicate = *predicate, .version = version};
    uint64_t *room = malloc(AUTHORS_ROOM * sizeof *room);
    if (!room)
        return fail(error, "out of memory");
    int result = find_members(plan, networks, room, error);
    /* Taking back an action restores what was there, whoever made it. */
    if (result == 0 && bans && predicate->action == 0) {
        size_t n = bans->authors(bans, room, AUTHORS_ROOM);
        if (n > AUTHORS_ROOM || add_all(&plan->banned, room, n) != 0)
            result = fail(error, "out of memory");
    }
    free(room);
    return result;
}

void plan_finish(struct plan *plan)
{
    for (size_t i = 0; i < plan->n_canvases; i++) {
        free(plan->canvases[i].pixels);
        free(plan->canvases[i].planned);
    }
    author_table_finish(&plan->members);
    author_table_finish(&plan->banned);
    author_table_finish(&plan->counts);
    plan->n_canvases = 0;
}

static bool is_one_of(const uint64_t *actions, size_t n, uint64_t author)
{
    for (size_t i = 0; i < n; i++) {
        if (author != 0 && actions[i] == author) /* 0: not recorded yet, and the operator */
            return true;
    }
    return false;
}

static enum meaning meaning_of(const struct plan *plan, uint64_t author, bool in_time)
{
    const struct predicate *predicate = &plan->predicate;
    bool fits = in_time && (plan->anybody || author_table_get(&plan->members, author) > 0) &&
                (predicate->action == 0 || author == predicate->action ||
                 is_one_of(plan->also, plan->n_also, author));
    for (size_t i = 0; fits && i < predicate->n_except; i++)
        fits = author != predicate->except[i];
    return fits ? FITS : author_table_get(&plan->banned, author) > 0 ? BANNED : PLAIN;
}

/* ---- canvases ---- */

static struct plan_canvas *find_canvas(struct plan *plan, struct position position)
{
    for (size_t i = 0; i < plan->n_canvases; i++) {
        size_t at =
            plan->last + i < plan->n_canvases ? plan->last + i : plan->last + i - plan->n_canvases;
        if (position_equal(plan->canvases[at].position, position)) {
            plan->last = at;
            return &plan->canvases[at];
        }
    }
    return NULL;
}

static struct plan_canvas *add_canvas(struct plan *plan, struct position position,
                                      char error[PLAN_ERROR_BYTES])
{
    if (plan->n_canvases == PLAN_CANVASES) {
        snprintf(
            error, PLAN_ERROR_BYTES,
            "more than %d canvases are painted, which takes too much memory: name a region (r:)",
            PLAN_CANVASES);
        return NULL;
    }
    struct plan_canvas *canvas = &plan->canvases[plan->n_canvases];
    *canvas = (struct plan_canvas){.position = position};
    canvas->pixels = calloc(PLAN_PIXELS, sizeof *canvas->pixels);
    if (!canvas->pixels) {
        fail(error, "out of memory");
        return NULL;
    }
    plan->last = plan->n_canvases++;
    return canvas;
}

/* ---- records below the version ---- */

static void paint(uint16_t *pixels, const struct run *run)
{
    for (size_t i = 0; i < run->n; i++) {
        uint32_t word = edit_load(run->edits + EDIT_BYTES * i);
        uint16_t *pixel = &pixels[word & PLACE];
        *pixel = (uint16_t)((*pixel & PLAN_EVER) | edit_colour(word) * BOTH);
    }
}

static void paint_banned(uint16_t *pixels, const struct run *run)
{
    for (size_t i = 0; i < run->n; i++) {
        uint32_t word = edit_load(run->edits + EDIT_BYTES * i);
        uint16_t *pixel = &pixels[word & PLACE];
        *pixel = (uint16_t)((*pixel & (PLAN_EVER | TARGET)) | edit_colour(word));
    }
}

static void paint_fitting(uint16_t *pixels, const struct run *run)
{
    for (size_t i = 0; i < run->n; i++) {
        uint32_t word = edit_load(run->edits + EDIT_BYTES * i);
        uint16_t *pixel = &pixels[word & PLACE];
        *pixel = (uint16_t)((*pixel & TARGET) | PLAN_EVER | PLAN_FITS | edit_colour(word));
    }
}

static int count(struct plan *plan, uint64_t author, uint64_t n, char error[PLAN_ERROR_BYTES])
{
    plan->edits += n;
    if (n > 0 && author_table_add(&plan->counts, author, n) != 0)
        return fail(error, "too many authors: name fewer, or a shorter time");
    return 0;
}

/* Place or colour decide of each edit of a run that fits otherwise. */
static uint64_t paint_some(struct plan *plan, struct plan_canvas *canvas, const struct run *run)
{
    bool banned = author_table_get(&plan->banned, run->author) > 0;
    uint64_t fitting = 0;
    for (size_t i = 0; i < run->n; i++) {
        struct run one = {run->edits + EDIT_BYTES * i, 1, run->author};
        if (predicate_fits_edit(&plan->predicate, canvas->position, edit_load(one.edits))) {
            paint_fitting(canvas->pixels, &one);
            fitting++;
        } else if (banned) {
            paint_banned(canvas->pixels, &one);
        } else {
            paint(canvas->pixels, &one);
        }
    }
    return fitting;
}

static int take_run(struct plan *plan, struct plan_canvas *canvas, const struct run *run,
                    bool in_time, char error[PLAN_ERROR_BYTES])
{
    switch (meaning_of(plan, run->author, in_time)) {
    case PLAIN:
        paint(canvas->pixels, run);
        break;
    case BANNED:
        paint_banned(canvas->pixels, run);
        break;
    case FITS:
        if (!predicate_takes_whole(&plan->predicate, canvas->position))
            return count(plan, run->author, paint_some(plan, canvas, run), error);
        paint_fitting(canvas->pixels, run);
        return count(plan, run->author, run->n, error);
    }
    return 0;
}

int plan_take(struct plan *plan, const struct record *record, const struct record_edits *edits,
              char error[PLAN_ERROR_BYTES])
{
    if (edits->n == 0 || !predicate_touches(&plan->predicate, edits->position))
        return 0;
    struct plan_canvas *canvas = find_canvas(plan, edits->position);
    if (!canvas)
        canvas = add_canvas(plan, edits->position, error);
    if (!canvas)
        return -1;
    bool in_time = predicate_fits_time(&plan->predicate, record->time_ms);
    struct runs runs = runs_of(record, edits);
    struct run run;
    while (runs_next(&runs, &run)) {
        if (take_run(plan, canvas, &run, in_time, error) != 0)
            return -1;
    }
    return 0;
}

/* ---- at the version ---- */

static void stretch(struct plan_bounds *bounds, int64_t x, int64_t y)
{
    if (bounds->w == 0) {
        *bounds = (struct plan_bounds){x, y, 1, 1};
        return;
    }
    int64_t right = bounds->x + bounds->w, bottom = bounds->y + bounds->h;
    bounds->x = x < bounds->x ? x : bounds->x;
    bounds->y = y < bounds->y ? y : bounds->y;
    bounds->w = (right > x + 1 ? right : x + 1) - bounds->x;
    bounds->h = (bottom > y + 1 ? bottom : y + 1) - bounds->y;
}

/* Find the pixels of a canvas that are to be repaired: first how many, then which. */
static int seal_canvas(struct plan *plan, struct plan_canvas *canvas)
{
    size_t n = 0;
    for (size_t i = 0; i < PLAN_PIXELS; i++) {
        uint16_t *pixel = &canvas->pixels[i];
        plan->bystanders += (*pixel & (PLAN_EVER | PLAN_FITS)) == PLAN_EVER;
        if (*pixel & PLAN_FITS && (*pixel & COLOUR) != (*pixel >> 4 & COLOUR)) {
            *pixel |= PLAN_PLANNED;
            n++;
        }
    }
    canvas->planned = malloc((n + 1) * sizeof *canvas->planned);
    if (!canvas->planned)
        return -1;
    for (size_t i = 0; i < PLAN_PIXELS && canvas->n < n; i++) {
        uint16_t pixel = canvas->pixels[i];
        if (!(pixel & PLAN_PLANNED))
            continue;
        uint32_t edit = plan_repair((uint32_t)i, pixel);
        canvas->planned[canvas->n++] = edit;
        stretch(&plan->bounds, (int64_t)canvas->position.gx * CANVAS_WIDTH + edit_x(edit),
                (int64_t)canvas->position.gy * CANVAS_HEIGHT + edit_y(edit));
    }
    plan->pixels += n;
    return 0;
}

static int compare_canvases(const void *a, const void *b)
{
    const struct plan_canvas *one = a, *other = b;
    int rows = one->position.gy - other->position.gy;
    return rows != 0 ? rows : one->position.gx - other->position.gx;
}

/* SHA-256 over the repairs: of each canvas that has any, in order of (gy, gx), i16 gx, i16 gy, u32
 * n and the n edits in order of y and x. */
static int make_digest(struct plan *plan)
{
    size_t len = 0;
    for (size_t i = 0; i < plan->n_canvases; i++)
        len += plan->canvases[i].n > 0 ? 8 + plan->canvases[i].n * EDIT_BYTES : 0;
    uint8_t *bytes = malloc(len + 1), *at = bytes;
    if (!bytes)
        return -1;
    for (size_t i = 0; i < plan->n_canvases; i++) {
        const struct plan_canvas *canvas = &plan->canvases[i];
        if (canvas->n == 0)
            continue;
        position_store(at, canvas->position);
        store_u32(at + POSITION_BYTES, (uint32_t)canvas->n);
        at += 8;
        for (size_t k = 0; k < canvas->n; k++, at += EDIT_BYTES)
            edit_store(at, canvas->planned[k]);
    }
    digest_of(plan->digest, bytes, len);
    free(bytes);
    return 0;
}

int plan_seal(struct plan *plan, char error[PLAN_ERROR_BYTES])
{
    qsort(plan->canvases, plan->n_canvases, sizeof *plan->canvases, compare_canvases);
    plan->last = 0;
    for (size_t i = 0; i < plan->n_canvases; i++) {
        if (seal_canvas(plan, &plan->canvases[i]) != 0)
            return fail(error, "out of memory");
        if (plan->pixels > PLAN_REPAIRS) {
            snprintf(error, PLAN_ERROR_BYTES,
                     "more than %d pixels would have to be repaired: name a region (r:)",
                     PLAN_REPAIRS);
            return -1;
        }
    }
    plan->sealed = true;
    return make_digest(plan) == 0 ? 0 : fail(error, "out of memory");
}

/* ---- records from the version on ---- */

static uint16_t followed(const struct plan *plan, struct position position, uint16_t pixel,
                         uint32_t word, const struct run *run, bool in_time)
{
    uint16_t colour = (uint16_t)edit_colour(word);
    if (is_one_of(plan->ours, plan->n_ours, run->author))
        return (uint16_t)((pixel & (PLAN_EVER | PLAN_PLANNED | TARGET)) | PLAN_OURS | colour);
    enum meaning meaning = meaning_of(plan, run->author, in_time);
    if (meaning == FITS && !predicate_fits_edit(&plan->predicate, position, word))
        meaning = author_table_get(&plan->banned, run->author) > 0 ? BANNED : PLAIN;
    uint16_t rest = pixel & (PLAN_EVER | PLAN_PLANNED | PLAN_SENT);
    switch (meaning) {
    case FITS: /* it is on top, as the one before was, unless that has been repaired already */
        return (uint16_t)(rest | (pixel & (PLAN_FITS | TARGET)) | colour);
    case BANNED:
        return (uint16_t)(rest | (pixel & TARGET) | colour);
    case PLAIN:
        break;
    }
    return (uint16_t)(rest | colour * BOTH);
}

void plan_follow(struct plan *plan, const struct record *record, const struct record_edits *edits)
{
    struct plan_canvas *canvas = edits->n > 0 ? find_canvas(plan, edits->position) : NULL;
    if (!canvas || canvas->n == 0)
        return;
    bool in_time = predicate_fits_time(&plan->predicate, record->time_ms);
    struct runs runs = runs_of(record, edits);
    struct run run;
    while (runs_next(&runs, &run)) {
        for (size_t i = 0; i < run.n; i++) {
            uint32_t word = edit_load(run.edits + EDIT_BYTES * i);
            uint16_t *pixel = &canvas->pixels[word & PLACE];
            if (*pixel & PLAN_PLANNED)
                *pixel = followed(plan, canvas->position, *pixel, word, &run, in_time);
        }
    }
}
