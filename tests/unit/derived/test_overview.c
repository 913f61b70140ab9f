/* SPDX-License-Identifier: ISC */
/* The overview: which rectangle it covers, how large it is, and what its pixels are. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "derived/overview.h"

static void of_one_canvas_it_is_that_canvas(void **state)
{
    const struct position painted[] = {{-3, 7}};
    struct overview overview = overview_of(painted, 1);
    assert_int_equal(overview.cells, 1);
    assert_int_equal(overview.width, 1000);
    assert_int_equal(overview.height, 1000);
    uint8_t *canvas = malloc(CANVAS_PIXELS), *pixels = calloc(1, CANVAS_PIXELS);
    for (size_t i = 0; i < CANVAS_PIXELS; i++)
        canvas[i] = (uint8_t)(i * 7 % CANVAS_COLOURS);
    overview_draw(&overview, painted[0], canvas, pixels);
    assert_memory_equal(pixels, canvas, CANVAS_PIXELS);
    free(pixels);
    free(canvas);
}

static void of_none_it_is_the_first_canvas(void **state)
{
    struct overview overview = overview_of(NULL, 0);
    assert_int_equal(overview.left, 0);
    assert_int_equal(overview.top, 0);
    assert_int_equal(overview.cells, 1);
    assert_int_equal(overview.width, 1000);
    assert_int_equal(overview.height, 1000);
}

static void its_longer_side_has_at_most_1000_pixels(void **state)
{
    const struct position wide[] = {{-1, 0}, {1, 1}};
    struct overview overview = overview_of(wide, 2);
    assert_int_equal(overview.left, -1);
    assert_int_equal(overview.top, 0);
    assert_int_equal(overview.cells, 3);
    assert_int_equal(overview.width, 1000);
    assert_int_equal(overview.height, 666);
    const struct position ends[] = {{POSITION_MIN, 0}, {POSITION_MAX, 0}};
    overview = overview_of(ends, 2);
    assert_in_range(overview.width, 1, 1000);
    assert_int_equal(overview.height, 1);
}

/* Every pixel is drawn by the one canvas that its middle is on, with its most frequent colour. */
static void every_pixel_is_drawn_once(void **state)
{
    enum { BLANK = 0xff };
    const struct position painted[] = {{0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 1}, {2, 1}};
    const size_t n = sizeof painted / sizeof *painted;
    struct overview overview = overview_of(painted, n);
    size_t size = (size_t)overview.width * overview.height;
    uint8_t *canvas = malloc(CANVAS_PIXELS), *pixels = malloc(size);
    memset(pixels, BLANK, size);
    for (size_t c = 0; c < n; c++) {
        uint8_t *before = malloc(size);
        memcpy(before, pixels, size);
        memset(canvas, (int)c + 1, CANVAS_PIXELS);
        canvas[0] = 0; /* one of nine is not the most frequent */
        overview_draw(&overview, painted[c], canvas, pixels);
        for (size_t i = 0; i < size; i++)
            assert_true(before[i] == BLANK || before[i] == pixels[i]);
        free(before);
    }
    for (uint32_t y = 0; y < overview.height; y++) {
        for (uint32_t x = 0; x < overview.width; x++) {
            uint32_t c = (3 * x + 1) / 1000 + 3 * ((3 * y + 1) / 1000);
            assert_int_equal(pixels[y * overview.width + x], c + 1);
        }
    }
    free(pixels);
    free(canvas);
}

/* The canvases at the very ends still have a pixel inside of the picture to draw on, or none. */
static void nothing_is_drawn_outside(void **state)
{
    const struct position ends[] = {{POSITION_MIN, POSITION_MIN}, {POSITION_MAX, POSITION_MAX}};
    struct overview overview = overview_of(ends, 2);
    size_t size = (size_t)overview.width * overview.height;
    uint8_t *canvas = malloc(CANVAS_PIXELS), *pixels = calloc(1, size);
    memset(canvas, 5, CANVAS_PIXELS);
    overview_draw(&overview, ends[0], canvas, pixels);
    overview_draw(&overview, ends[1], canvas, pixels);
    size_t drawn = 0;
    for (size_t i = 0; i < size; i++)
        drawn += pixels[i] == 5;
    assert_in_range(drawn, 0, 2);
    free(pixels);
    free(canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_one_canvas_it_is_that_canvas),
        cmocka_unit_test(of_none_it_is_the_first_canvas),
        cmocka_unit_test(its_longer_side_has_at_most_1000_pixels),
        cmocka_unit_test(every_pixel_is_drawn_once),
        cmocka_unit_test(nothing_is_drawn_outside),
    };
    return cmocka_run_group_tests_name("derived overview", tests, NULL, NULL);
}
