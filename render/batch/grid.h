/* SPDX-License-Identifier: ISC */
/*
 * grid: the jobs of a pre-rendered map: all metatiles of some zooms that touch a box, numbered from
 * 0 on, zoom by zoom, row by row. The number is all that has to be remembered of how far a batch
 * is: no list of jobs is ever made. Pure.
 */
#ifndef PLACED_RENDER_BATCH_GRID_H
#define PLACED_RENDER_BATCH_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/name/picture.h"

/* Degrees. West may be greater than east: the box then lies over the antimeridian. */
struct grid_box {
    double west, south, east, north;
};

/* Of one zoom, in jobs. */
struct grid_zoom {
    uint64_t column[2], columns[2]; /* one run of columns, or two */
    uint64_t row, rows;
    uint64_t jobs, before; /* in this zoom, and in those before it */
};

struct grid {
    unsigned first, last;
    struct grid_zoom zooms[PICTURE_MAP_ZOOM_MAX + 1];
    uint64_t jobs, tiles;
};

struct grid_job {
    unsigned z;
    uint64_t x, y; /* its first tile */
};

/* box: NULL is the whole world; what of it is nearer to a pole than the map goes is left out. NULL,
 * or what is wrong, for people. */
const char *grid_init(struct grid *grid, unsigned first, unsigned last, const struct grid_box *box);

/* The job of this number, below grid->jobs. */
struct grid_job grid_job(const struct grid *grid, uint64_t number);

/* Tiles a side of a job at this zoom: 8, fewer where the world is smaller. */
unsigned grid_side(unsigned z);

#endif
