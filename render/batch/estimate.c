/* SPDX-License-Identifier: ISC */
/* estimate: see estimate.h. */
#include "render/batch/estimate.h"

#include <math.h>

void estimate_add(struct estimate_zoom *zoom, double seconds, double bytes)
{
    zoom->n++;
    zoom->seconds_sum += seconds;
    zoom->seconds_square += seconds * seconds;
    zoom->bytes_sum += bytes;
    zoom->bytes_square += bytes * bytes;
}

/* The square of the standard error of a mean, relative to the mean. */
static double relative_error(unsigned n, double sum, double square, uint64_t of)
{
    double mean = sum / n;
    if (mean <= 0 || n >= of)
        return 0;
    if (n == 1)
        return 1;
    double variance = fmax(0, square - sum * mean) / (n - 1);
    double rest = 1 - (double)n / (double)of;
    return variance / n * rest / (mean * mean);
}

/* The zoom with a sample that is nearest; NULL: there is none. */
static const struct estimate_zoom *nearest(const struct grid *grid,
                                           const struct estimate_zoom *zooms, unsigned z)
{
    for (unsigned away = 0; away <= grid->last - grid->first; away++) {
        if (z >= grid->first + away && zooms[z - away].n > 0)
            return &zooms[z - away];
        if (z + away <= grid->last && zooms[z + away].n > 0)
            return &zooms[z + away];
    }
    return NULL;
}

struct estimate estimate_of(const struct grid *grid,
                            const struct estimate_zoom zooms[PICTURE_MAP_ZOOM_MAX + 1])
{
    struct estimate estimate = {0};
    double seconds_variance = 0, bytes_variance = 0;
    for (unsigned z = grid->first; z <= grid->last; z++) {
        const struct estimate_zoom *zoom = nearest(grid, zooms, z);
        uint64_t jobs = grid->zooms[z].jobs;
        if (!zoom)
            continue;
        double seconds = (double)jobs * zoom->elapsed_s / zoom->n;
        double bytes = (double)jobs * zoom->bytes_sum / zoom->n;
        estimate.seconds += seconds;
        estimate.bytes += bytes;
        estimate.sampled += zooms[z].n;
        uint64_t of = zoom == &zooms[z] ? jobs : UINT64_MAX;
        seconds_variance += seconds * seconds *
                            relative_error(zoom->n, zoom->seconds_sum, zoom->seconds_square, of);
        bytes_variance +=
            bytes * bytes * relative_error(zoom->n, zoom->bytes_sum, zoom->bytes_square, of);
    }
    estimate.seconds_error = 2 * sqrt(seconds_variance);
    estimate.bytes_error = 2 * sqrt(bytes_variance);
    return estimate;
}
