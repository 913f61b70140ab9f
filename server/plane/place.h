/* SPDX-License-Identifier: ISC */
/*
 * place: one canvas of the plane as the server holds it: its pixels once it has been painted, the
 * ring of its recent edits, and who watches it. A blank canvas takes a few hundred bytes.
 *
 * The reader's thread is the only one that paints; what others may call says so.
 */
#ifndef PLACED_PLANE_PLACE_H
#define PLACED_PLANE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/canvas.h"
#include "core/position.h"
#include "core/ring.h"
#include "plane/ring_budget.h"
#include "sys/env.h"

struct canvas_place;

/* ---- any thread ---- */

struct position place_position(const struct canvas_place *place);

/* Does it take edits? One that is not open shows what was painted before. May change at any time.
 */
bool place_open(const struct canvas_place *place);

/* The canvas's version: the offset after the last record that edited it, 0 while it is blank. */
uint64_t place_version(const struct canvas_place *place);

/* A small number that no other place of the plane has. */
size_t place_index(const struct canvas_place *place);

/* Copy the canvas; blank if it was never painted. Holds up the reader for about 0.1 ms. */
void place_copy(struct canvas_place *place, struct canvas *into);

/* The colour of a pixel (x and y in range) at this moment; 0 while the canvas is blank. Waits for
 * nobody, and holds up nobody. */
uint32_t place_colour(const struct canvas_place *place, uint32_t x, uint32_t y);

/* About how many bytes a picture of the canvas has: a client whose replay would cost more is sent
 * to the picture instead. */
uint64_t place_picture_bytes(const struct canvas_place *place);
void place_set_picture_bytes(struct canvas_place *place, uint64_t bytes);

/* Somebody who wants to know when the canvas changes. Embed it. */
struct place_watcher {
    /* There is something new in the ring. From the reader's thread, under the place's lock: must
     * be quick and must not call the place. */
    void (*changed)(struct place_watcher *watcher);
    struct place_watcher *next;
};

/* From now on the place has a ring, and the watcher is told of changes. -1 when out of memory. */
int place_watch(struct canvas_place *place, struct place_watcher *watcher);
void place_unwatch(struct canvas_place *place, struct place_watcher *watcher);

/* The ring of a place that is watched. Ask anew for each use: it may have been replaced by a larger
 * one with the same positions. */
const struct ring *place_ring(const struct canvas_place *place);

/* For canvases.c, which counts the open ones. */
void place_set_open(struct canvas_place *place, bool open);

/* ---- the reader's thread; canvases.c is the one to call them ---- */

/* What all places of a plane share. */
struct place_common {
    struct env *env;
    struct ring_budget rings;
    /* There is not enough left of the budget: take from those who are not watched. Called under
     * the lock of the place that asks. */
    void (*reclaim)(struct place_common *common, const struct canvas_place *asking);
};

/* NULL when out of memory. */
struct canvas_place *place_create(struct place_common *common, struct position position, bool open,
                                  size_t index);
void place_destroy(struct canvas_place *place); /* nobody watches. NULL is fine */

bool place_painted(const struct canvas_place *place);

/* Take over a canvas from a checkpoint, before any record. -1 when out of memory. */
int place_load(struct canvas_place *place, const struct canvas *canvas);

/* Apply the n >= 1 edits of a record that ends at version; a record that the canvas has already is
 * left out. *news becomes true when place_notify is due that was not before. -1 when out of memory.
 */
int place_paint(struct canvas_place *place, const uint8_t *edits, size_t n, uint64_t version,
                bool *news);

/* Tell the watchers that the canvas has changed. */
void place_notify(struct canvas_place *place);

/* Begin a ring of this size if there is none. Rings that nobody asked for take half of the budget
 * at most. */
void place_begin_ring(struct canvas_place *place, struct ring_size size);

/* Release the ring if nobody watches and it has grown. */
void place_reclaim_ring(struct canvas_place *place);

#endif
