/* SPDX-License-Identifier: ISC */
/*
 * canvases: all canvases of the plane, as a fold of the log; the reader's thread is the only one
 * that paints them. A canvas is there when it is open or has ever been painted; pixels take memory
 * from the first edit on.
 */
#ifndef PLACED_PLANE_CANVASES_H
#define PLACED_PLANE_CANVASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/record.h"
#include "plane/fold.h"
#include "plane/place.h"
#include "sys/env.h"
#include "sys/metrics.h"

struct canvases;

enum {
    CANVASES_OPEN_MAX = 1024,
    CANVASES_OPENED_MAX = 8192,  /* no further one is opened once so many have been opened or
                                    painted since the start */
    CANVASES_PAINTED_MAX = 4096, /* of a log; more: the fold fails */
};

/* What is known of the log besides the canvases; with them it makes a checkpoint. */
struct plane_state {
    uint64_t version; /* of the plane: the offset after the last record read; 0: none */
    struct anchor
        anchor; /* of that record; valid when version > 0. In a checkpoint of a later one */
    bool has_genesis;
    uint8_t genesis[GENESIS_BYTES]; /* the log's identity: the first header `g` in it */
};

/* Canvases (0, 0) to (open_w - 1, open_h - 1) are open, at most CANVASES_OPEN_MAX. rings: NULL for
 * ring_plan_default. NULL when out of memory. */
struct canvases *canvases_create(size_t open_w, size_t open_h, struct metrics *metrics,
                                 struct env *env, const struct ring_plan *rings);
void canvases_destroy(struct canvases *canvases); /* nobody watches any of them. NULL is fine */

/* For the reader. */
struct fold *canvases_fold(struct canvases *canvases);

/* ---- any thread ---- */

enum canvases_set {
    CANVASES_CHANGED,
    CANVASES_AS_IT_WAS,
    CANVASES_TOO_MANY, /* CANVASES_OPEN_MAX are open, or too many have been since the start */
    CANVASES_NO_MEMORY,
};

/* Open or close a canvas. One that is closed takes no more edits; what is painted on it stays, and
 * shows. From one thread at a time, also while the reader runs. */
enum canvases_set canvases_set_open(struct canvases *canvases, struct position position, bool open);

/* Is it one of those that were open from the start? */
bool canvases_opens_by_itself(const struct canvases *canvases, struct position position);

/* The canvas at a position, without a lock. NULL: neither open nor painted, or out of range. One
 * that was found stays valid, also when it is closed. */
struct canvas_place *canvases_find(const struct canvases *canvases, struct position position);

/* The open or painted ones in order of (gy, gx): at most room of them into *into; returns how many
 * there are. */
size_t canvases_list(struct canvases *canvases, struct canvas_place **into, size_t room);

/* The plane's version: the offset after the last record read. What is below it shows in the
 * canvases and in their rings. */
uint64_t canvases_version(const struct canvases *canvases);

/* The log's identity, false while it has none. */
bool canvases_genesis(struct canvases *canvases, uint8_t genesis[GENESIS_BYTES]);

/* All at once, of one moment. A checkpoint takes this first and copies the canvases afterwards:
 * each may then be newer, and leaves out what it has already when the log is read from
 * state->version on. */
void canvases_state(struct canvases *canvases, struct plane_state *state);

/* ---- before the reader starts ---- */

/* Take over one canvas of a checkpoint. -1 when out of memory or when they are too many. */
int canvases_load(struct canvases *canvases, struct position position, const struct canvas *canvas);

/* Go on from the state of a checkpoint whose canvases have been loaded. */
void canvases_resume(struct canvases *canvases, const struct plane_state *state);

#endif
