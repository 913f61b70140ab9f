/* SPDX-License-Identifier: ISC */
/* Jobs by number: how many there are, that each is there once, and boxes of all kinds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "render/batch/grid.h"

/* All jobs are tiles' first ones, within the zoom, each once. */
static void walk(const struct grid *grid)
{
    for (unsigned z = grid->first; z <= grid->last; z++) {
        const struct grid_zoom *zoom = &grid->zooms[z];
        uint64_t n = (UINT64_C(1) << z) / grid_side(z);
        uint8_t *seen = calloc(n * n, 1);
        for (uint64_t i = zoom->before; i < zoom->before + zoom->jobs; i++) {
            struct grid_job job = grid_job(grid, i);
            assert_int_equal(job.z, z);
            assert_int_equal(job.x % grid_side(z), 0);
            assert_int_equal(job.y % grid_side(z), 0);
            uint64_t at = job.y / grid_side(z) * n + job.x / grid_side(z);
            assert_true(at < n * n);
            assert_false(seen[at]);
            seen[at] = 1;
        }
        free(seen);
    }
}

static void the_world_has_four_times_as_many_tiles_at_each_zoom(void **state)
{
    struct grid grid;
    static const uint64_t jobs[] = {1, 1, 1, 1, 4, 16, 64, 256, 1024};
    for (unsigned z = 0; z < 9; z++) {
        assert_null(grid_init(&grid, z, z, NULL));
        assert_int_equal(grid.jobs, jobs[z]);
        assert_int_equal(grid.tiles, UINT64_C(1) << 2 * z);
        walk(&grid);
    }
    assert_null(grid_init(&grid, 0, 8, NULL));
    assert_int_equal(grid.jobs, 1 + 1 + 1 + 1 + 4 + 16 + 64 + 256 + 1024);
    walk(&grid);
    assert_null(grid_init(&grid, 0, 22, NULL)); /* 2^44 tiles at the last, and none is listed */
    assert_int_equal(grid_job(&grid, grid.jobs - 1).x, (1 << 22) - 8);
    assert_int_equal(grid_job(&grid, grid.jobs - 1).y, (1 << 22) - 8);
    assert_int_equal(grid_job(&grid, 0).z, 0);
}

/* The tile of a point, as the documentation of web maps has it. */
static struct grid_job tile_of(unsigned z, double longitude, double latitude)
{
    double radians = latitude * M_PI / 180, n = (double)(1u << z);
    return (struct grid_job){
        .z = z,
        .x = (uint64_t)((longitude + 180) / 360 * n),
        .y = (uint64_t)((1 - log(tan(radians) + 1 / cos(radians)) / M_PI) / 2 * n),
    };
}

static bool holds(const struct grid *grid, unsigned z, double longitude, double latitude)
{
    struct grid_job tile = tile_of(z, longitude, latitude);
    for (uint64_t i = 0; i < grid->jobs; i++) {
        struct grid_job job = grid_job(grid, i);
        if (job.z == z && job.x == tile.x / 8 * 8 && job.y == tile.y / 8 * 8)
            return true;
    }
    return false;
}

static void a_box_has_the_jobs_that_touch_it(void **state)
{
    static const struct grid_box zurich = {8.4, 47.3, 8.7, 47.5};
    struct grid grid;
    assert_null(grid_init(&grid, 10, 12, &zurich));
    walk(&grid);
    for (unsigned z = 10; z <= 12; z++) {
        assert_true(holds(&grid, z, 8.54, 47.37));
        assert_true(holds(&grid, z, 8.41, 47.31));
        assert_true(holds(&grid, z, 8.69, 47.49));
        assert_false(holds(&grid, z, 4, 47.37));
        assert_false(holds(&grid, z, 8.54, 43));
    }
    assert_true(grid.jobs <= 1 + 2 + 4);
    /* A box whose edges are those of tiles has those and not their neighbours. */
    static const struct grid_box quarter = {0, 0, 180, 85.06};
    assert_null(grid_init(&grid, 5, 5, &quarter));
    assert_int_equal(grid.jobs, 4);
    assert_int_equal(grid_job(&grid, 0).x, 16);
    assert_int_equal(grid_job(&grid, 0).y, 0);
}

static void a_box_may_lie_over_the_antimeridian(void **state)
{
    static const struct grid_box fiji = {177, -20, -178, -15}, nearly_all = {10, -20, 9, -15};
    struct grid grid;
    assert_null(grid_init(&grid, 9, 9, &fiji));
    walk(&grid);
    assert_true(holds(&grid, 9, 178, -18));
    assert_true(holds(&grid, 9, -179, -18));
    assert_false(holds(&grid, 9, 0, -18));
    assert_in_range(grid.jobs, 2, 12);
    assert_null(grid_init(&grid, 5, 5, &nearly_all)); /* both ends are in one job: no job twice */
    walk(&grid);
    assert_int_equal(grid.zooms[5].columns[0] + grid.zooms[5].columns[1], 4);
    assert_null(grid_init(&grid, 0, 3, &fiji)); /* and where the world is one job */
    assert_int_equal(grid.jobs, 4);
}

static void latitudes_beyond_the_map_are_left_out(void **state)
{
    static const struct grid_box all = {-180, -90, 180, 90}, north = {0, 80, 10, 90},
                                 pole = {0, 86, 10, 90};
    struct grid grid, world;
    assert_null(grid_init(&grid, 0, 6, &all));
    assert_null(grid_init(&world, 0, 6, NULL));
    assert_int_equal(grid.jobs, world.jobs);
    assert_null(grid_init(&grid, 6, 6, &north));
    assert_int_equal(grid_job(&grid, 0).y, 0);
    assert_non_null(strstr(grid_init(&grid, 6, 6, &pole), "ends at 85"));
}

static void boxes_and_zooms_that_are_none_are_refused(void **state)
{
    static const struct grid_box boxes[] = {
        {-181, 0, 0, 1}, {0, 0, 181, 1}, {0, -91, 1, 0},      {0, 0, 1, 91},
        {0, 1, 1, 0},    {0, 0, 0, 1},   {0, 1, 1, 1},        {NAN, 0, 1, 1},
        {0, NAN, 1, 1},  {0, 0, NAN, 1}, {0, 0, 1, INFINITY},
    };
    struct grid grid;
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
        assert_non_null(grid_init(&grid, 0, 3, &boxes[i]));
    assert_non_null(grid_init(&grid, 3, 2, NULL));
    assert_non_null(grid_init(&grid, 0, 23, NULL));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_world_has_four_times_as_many_tiles_at_each_zoom),
        cmocka_unit_test(a_box_has_the_jobs_that_touch_it),
        cmocka_unit_test(a_box_may_lie_over_the_antimeridian),
        cmocka_unit_test(latitudes_beyond_the_map_are_left_out),
        cmocka_unit_test(boxes_and_zooms_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
