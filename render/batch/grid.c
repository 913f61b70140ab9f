/* SPDX-License-Identifier: ISC */
/* grid: see grid.h. */
#include "render/batch/grid.h"

#include <math.h>
#include <string.h>

#define MERCATOR_LATITUDE 85.0511287798066 /* where the square world of web maps ends */

static const double pi = 3.14159265358979323846;

unsigned grid_side(unsigned z)
{
    return z < 3 ? 1u << z : PICTURE_METATILE;
}

/* ---- degrees to parts of the world, from 0 to 1 ---- */

static double part_of_longitude(double degrees)
{
    return (degrees + 180) / 360;
}

static double part_of_latitude(double degrees)
{
    double bounded = fmax(-MERCATOR_LATITUDE, fmin(MERCATOR_LATITUDE, degrees));
    return (1 - asinh(tan(bounded * pi / 180)) / pi) / 2;
}

/* The column (or row) of jobs in which an edge lies, of n. An upper edge that is just the border of
 * two belongs to the one before it. */
static uint64_t job_at(double part, uint64_t n, bool upper)
{
    double at = part * (double)n;
    double whole = upper ? ceil(at - 1e-9) - 1 : floor(at + 1e-9);
    return whole <= 0 ? 0 : whole >= (double)(n - 1) ? n - 1 : (uint64_t)whole;
}

/* ---- the jobs of a zoom ---- */

static void set_columns(struct grid_zoom *zoom, uint64_t n, const struct grid_box *box)
{
    uint64_t west = job_at(part_of_longitude(box->west), n, false);
    uint64_t east = job_at(part_of_longitude(box->east), n, true);
    if (box->west < box->east) {
        zoom->column[0] = west;
        zoom->columns[0] = (east < west ? west : east) - west + 1;
    } else if (east + 1 >= west) { /* both parts meet: all of them */
        zoom->columns[0] = n;
    } else {
        zoom->columns[0] = east + 1;
        zoom->column[1] = west;
        zoom->columns[1] = n - west;
    }
}

static void set_rows(struct grid_zoom *zoom, uint64_t n, const struct grid_box *box)
{
    uint64_t north = job_at(part_of_latitude(box->north), n, false);
    uint64_t south = job_at(part_of_latitude(box->south), n, true);
    zoom->row = north;
    zoom->rows = (south < north ? north : south) - north + 1;
}

static const char *check_box(const struct grid_box *box)
{
    if (!(box->west >= -180 && box->west <= 180 && box->east >= -180 && box->east <= 180))
        return "box: expected longitudes from -180 to 180";
    if (!(box->south >= -90 && box->south <= 90 && box->north >= -90 && box->north <= 90))
        return "box: expected latitudes from -90 to 90";
    if (box->west == box->east || box->south >= box->north)
        return "box: expected west, south, east, north with an area between them";
    if (box->south >= MERCATOR_LATITUDE || box->north <= -MERCATOR_LATITUDE)
        return "box: the map ends at 85 degrees north and south";
    return NULL;
}

const char *grid_init(struct grid *grid, unsigned first, unsigned last, const struct grid_box *box)
{
    static const struct grid_box world = {-180, -90, 180, 90};
    *grid = (struct grid){.first = first, .last = last};
    if (first > last || last > PICTURE_MAP_ZOOM_MAX)
        return "zoom: expected two zooms from 0 to 22, the smaller one first";
    const char *wrong = box ? check_box(box) : NULL;
    for (unsigned z = first; !wrong && z <= last; z++) {
        struct grid_zoom *zoom = &grid->zooms[z];
        uint64_t side = grid_side(z), n = (UINT64_C(1) << z) / side;
        set_columns(zoom, n, box ? box : &world);
        set_rows(zoom, n, box ? box : &world);
        zoom->jobs = (zoom->columns[0] + zoom->columns[1]) * zoom->rows;
        zoom->before = grid->jobs;
        grid->jobs += zoom->jobs;
        grid->tiles += zoom->jobs * side * side;
    }
    return wrong;
}

struct grid_job grid_job(const struct grid *grid, uint64_t number)
{
    unsigned z = grid->first;
    while (z < grid->last && number >= grid->zooms[z].before + grid->zooms[z].jobs)
        z++;
    const struct grid_zoom *zoom = &grid->zooms[z];
    uint64_t width = zoom->columns[0] + zoom->columns[1], index = number - zoom->before;
    uint64_t column = index % width, row = zoom->row + index / width;
    column = column < zoom->columns[0] ? zoom->column[0] + column
                                       : zoom->column[1] + column - zoom->columns[0];
    return (struct grid_job){.z = z, .x = column * grid_side(z), .y = row * grid_side(z)};
}
