/* SPDX-License-Identifier: ISC */
/*
 * estimate: what a batch will take, from a sample of each of its zooms. Pure.
 *
 *   time   sum over zooms of jobs * (time in which the sample was rendered / its jobs)
 *   bytes  sum over zooms of jobs * mean of the sample's bytes
 *   error  twice the standard error of that sum, with the correction for samples of few jobs: a
 *          sample of all jobs has none. One job tells nothing of the spread: its error is as large
 *          as itself. A zoom without a sample takes the numbers of the nearest zoom that has one
 */
#ifndef PLACED_RENDER_BATCH_ESTIMATE_H
#define PLACED_RENDER_BATCH_ESTIMATE_H

#include <stdint.h>

#include "render/batch/grid.h"

struct estimate_zoom {
    unsigned n;                         /* jobs of the sample */
    double elapsed_s;                   /* in which they were rendered, beside each other */
    double seconds_sum, seconds_square; /* of each job's own time, and of its square */
    double bytes_sum, bytes_square;
};

struct estimate {
    double seconds, seconds_error;
    double bytes, bytes_error;
    unsigned sampled; /* jobs */
};

void estimate_add(struct estimate_zoom *zoom, double seconds, double bytes);

/* zooms: as many as a grid has, by their number. */
struct estimate estimate_of(const struct grid *grid,
                            const struct estimate_zoom zooms[PICTURE_MAP_ZOOM_MAX + 1]);

#endif
