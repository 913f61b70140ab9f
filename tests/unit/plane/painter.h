/* SPDX-License-Identifier: ISC */
/* painter: a plane of canvases without a log, painted by function calls, in virtual time. */
#ifndef PLACED_TESTS_PAINTER_H
#define PLACED_TESTS_PAINTER_H

#include "plane/canvases.h"

struct painter {
    struct env env;
    uint64_t now_us;
    struct metrics metrics;
    struct canvases *canvases;
    uint64_t offset; /* of the next record */
    char error[FOLD_ERROR_BYTES];
};

/* Aborts when out of memory. */
struct painter *painter_create(size_t w, size_t h, const struct ring_plan *plan);
void painter_destroy(struct painter *painter);

void painter_go_live(struct painter *painter);

/* Tell the watchers, as after each delivery of records. */
void painter_deliver(struct painter *painter);

/* Give the canvases a record. */
int painter_fold(struct painter *painter, struct record *record);

/* One record of n edits of one colour at a position. */
int painter_paint(struct painter *painter, struct position position, size_t n, uint32_t colour);

struct canvas_place *painter_at(struct painter *painter, int gx, int gy);

#endif
