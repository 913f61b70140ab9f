/* SPDX-License-Identifier: ISC */
/* plane: every number here is exact, but for the last sum. */
#include "render/fractal/plane.h"

#include <math.h>

unsigned plane_iterations(unsigned zoom)
{
    return 256 + 96 * zoom;
}

/* The middle of a pixel, counted from the edge of the plane. */
static double offset(unsigned zoom, uint64_t tile, unsigned pixel)
{
    const double pixels = (double)(tile * PLANE_TILE + pixel) + 0.5;
    return ldexp(pixels, -6 - (int)zoom); /* a tile of zoom 0 has 2^6 pixels a unit */
}

void plane_band(const struct picture *tile, unsigned row, struct escape_band *band)
{
    band->julia = tile->kind == PICTURE_JULIA;
    band->c_re = (double)tile->cr / PICTURE_JULIA_UNIT;
    band->c_im = (double)tile->ci / PICTURE_JULIA_UNIT;
    band->iterations = plane_iterations(tile->z);
    const double left = band->julia ? -2 : -2.5;
    for (unsigned i = 0; i < ESCAPE_WIDTH; i++)
        band->re[i] = left + offset(tile->z, tile->x, i);
    for (unsigned j = 0; j < ESCAPE_ROWS; j++)
        band->im[j] = 2 - offset(tile->z, tile->y, row + j);
}
