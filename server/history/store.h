/* SPDX-License-Identifier: ISC */
/*
 * store: what history has on the disk, as an index in memory that any thread may look at. The
 * builder alone changes it, and what it changes becomes visible at once for all canvases, at most
 * once in history_config.publish_ms. Its files are read by store_read.h.
 *
 * Versions that are known: of a canvas, all up to store_canvas.version; and when the plane's read
 * version R is above that, nothing happened to the canvas in between (its version is canonical for
 * everything up to R). While damaged files are made anew, R may be below versions of canvases that
 * are whole, and a canvas may be shorter than it was; both grow again.
 *
 * Looking takes a lock for moments.
 */
#ifndef PLACED_HISTORY_STORE_H
#define PLACED_HISTORY_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"
#include "history/activity.h"
#include "history/disk.h"
#include "history/keyframe.h"
#include "history/row.h"
#include "history/shelves.h"

struct store;

/* All that is known of a canvas, at one moment. Free it. */
struct store_details {
    struct store_canvas canvas;
    uint64_t read;          /* the plane's, at the same moment */
    struct store_row *rows; /* canvas.n_blocks of them */
    uint64_t step;          /* of the activity */
    size_t n_samples;
    struct activity_sample samples[ACTIVITY_SAMPLES_MAX];
};

enum store_result {
    STORE_OK,
    STORE_NONE, /* there is no such canvas, or no such block */
    STORE_BAD,  /* its file is missing or damaged, and is being made anew */
    STORE_NO_MEMORY,
};

/* ---- looking: any thread, cheap ---- */

/* Of which log this is the history. False: of none yet (the log is empty, or the builder has not
 * come that far), or of none any more (it cannot be made: the log's beginning is gone). */
bool store_genesis(struct store *store, uint8_t genesis[GENESIS_BYTES]);

/* Can it never be had, because the log's beginning is gone? */
bool store_hopeless(struct store *store);

/* The plane's version as far as history has read: all records below it are in here. */
uint64_t store_version(struct store *store);

/* One canvas; false: it was never painted, as far as is known. */
bool store_find(struct store *store, struct position position, struct store_canvas *canvas);

/* The painted ones in order of (gy, gx): at most room of them into *into, returns how many there
 * are. *read (or NULL) is the plane's version at the same moment. */
size_t store_list(struct store *store, struct store_canvas *into, size_t room, uint64_t *read);

/* One row; false: there is no such complete block. */
bool store_row(struct store *store, struct position position, uint64_t block,
               struct store_row *row);

/* The number of the block that has the record after which the canvas had this version: the first
 * one, complete or the tail, with version <= its `to`; for versions above all of them the tail. 0
 * for version 0. False: no such canvas. */
bool store_block_of(struct store *store, struct position position, uint64_t version,
                    uint64_t *block);

/* The last block, complete or the tail, that has a record whose time is known and not after
 * time_ms (block_records_until then finds it in there). False: there is none. */
bool store_block_until(struct store *store, struct position position, int64_t time_ms,
                       uint64_t *block);

/* Everything of one canvas, for free() of details->rows and of itself; STORE_NONE or
 * STORE_NO_MEMORY. */
enum store_result store_describe(struct store *store, struct position position,
                                 struct store_details **details);
void store_details_free(struct store_details *details); /* NULL is fine */

/* A file that was read turned out to be wrong, though it was verified: never expected, but then the
 * builder looks at all of them again. store_read.h does it by itself. */
void store_report(struct store *store);

/* ---- its life ---- */

/* root: where the folders of logs lie (data/history); copied. NULL when out of memory. */
struct store *store_create(const char *root);
void store_destroy(struct store *store); /* NULL is fine */

/* ---- for the builder, on its thread ---- */

const char *store_root(const struct store *store);

/* Begin anew with what was loaded: all of it is visible at once. Takes over what *shelves holds,
 * and empties it. */
void store_adopt(struct store *store, const struct disk *disk, struct shelves *shelves,
                 uint64_t read);

/* It can never be had: nothing is visible any more. */
void store_give_up(struct store *store);

/* The shelves, to look at without the lock. */
const struct shelves *store_shelves(const struct store *store);

/* Around every change of a shelf that readers could be looking at. */
void store_lock(struct store *store);
void store_unlock(struct store *store);

/* One more canvas, not visible yet. NULL when out of memory. */
struct shelf *store_add(struct store *store, struct position position);

/* Show all that is in the shelves; the plane has been read up to here. */
void store_publish(struct store *store, uint64_t read);

/* Were damaged files reported since the last call? */
bool store_take_reports(struct store *store);

#endif
