/* SPDX-License-Identifier: ISC */
/* Regions of the plane: which texts are one, which canvases and edits lie in it, and the easel that
 * paints it. */
#include "cmocka_all.h"
#include "common/region.h"
#include "easel.h"

#include <stdlib.h>
#include <string.h>

static void texts_that_are_regions(void **state)
{
    struct region r;
    assert_true(region_parse("0,0,1,1", &r));
    assert_true(region_parse("-1024000,-1024000,2048000,2048000", &r));
    assert_int_equal(r.x, -1024000);
    assert_int_equal(r.height, 2048000);
    assert_true(region_parse("1023999,1023999,1,1", &r));
    assert_true(region_parse("-5,3,101,99", &r));
    assert_int_equal(r.x, -5);
    assert_int_equal(r.y, 3);
    assert_int_equal(r.width, 101);
    assert_int_equal(r.height, 99);
}

static void texts_that_are_none(void **state)
{
    static const char *const texts[] = {
        "",
        "0",
        "0,0",
        "0,0,1",
        "0,0,1,1,1",
        "0,0,0,1",
        "0,0,1,0",
        "0,0,-1,1",
        "0,0,1,1 ",
        " 0,0,1,1",
        "+0,0,1,1",
        "00,0,1,1",
        "-0,0,1,1",
        "0,0,01,1",
        "0;0;1;1",
        "0,0,1.5,1",
        "0x1,0,1,1",
        "1023999,0,2,1",
        "-1024001,0,1,1",
        "1024000,0,1,1",
        ",,,",
        "0,,1,1",
        "0,0,1,",
        "0,0,2048001,1",
        "0,1,1,1024000",
        "a,b,c,d",
        "0,0,4294967297,1",
        "0,0,18446744073709551617,1",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct region r = {1, 2, 3, 4};
        if (region_parse(texts[i], &r) || r.width != 3)
            fail_msg("'%s' was taken", texts[i]);
    }
}

static void canvases_that_a_region_touches(void **state)
{
    struct position first, last;
    region_canvases(&(struct region){-1, 999, 2, 2}, &first, &last);
    assert_true(first.gx == -1 && first.gy == 0 && last.gx == 0 && last.gy == 1);
    region_canvases(&(struct region){-1000, 0, 1000, 1000}, &first, &last);
    assert_true(first.gx == -1 && first.gy == 0 && last.gx == -1 && last.gy == 0);
    region_canvases(&(struct region){REGION_MIN, REGION_MIN, 2048000, 2048000}, &first, &last);
    assert_true(first.gx == -1024 && first.gy == -1024 && last.gx == 1023 && last.gy == 1023);
}

static void a_region_grows_around_canvases(void **state)
{
    struct region r = region_with((struct region){0}, (struct position){-1, 2});
    assert_true(r.x == -1000 && r.y == 2000 && r.width == 1000 && r.height == 1000);
    r = region_with(r, (struct position){1, 1});
    assert_true(r.x == -1000 && r.y == 1000 && r.width == 3000 && r.height == 2000);
    r = region_with(r, (struct position){0, 2});
    assert_true(r.x == -1000 && r.y == 1000 && r.width == 3000 && r.height == 2000);
}

/* Four canvases around the plane's origin; edits of all of them, some beside the region. */
static void an_easel_paints_what_lies_in_the_region(void **state)
{
    const struct region region = {-7, -5, 20, 11};
    uint8_t expected[20 * 11] = {0}, edits[EDIT_BYTES];
    struct easel easel;
    assert_int_equal(easel_init(&easel, &region, 1), 0);
    for (unsigned i = 0; i < 20000; i++) {
        int x = rand() % 40 - 20, y = rand() % 30 - 15;
        uint8_t colour = (uint8_t)(rand() % 16);
        struct position canvas = {.gx = (int16_t)(x < 0 ? -1 : 0), .gy = (int16_t)(y < 0 ? -1 : 0)};
        uint64_t inside;
        edit_store(edits, edit_pack((uint32_t)(x - 1000 * canvas.gx),
                                    (uint32_t)(y - 1000 * canvas.gy), colour));
        bool in = x >= -7 && x < 13 && y >= -5 && y < 6;
        assert_int_equal(region_count(&region, canvas, edits, 1), in);
        assert_int_equal(easel_paint(&easel, canvas, edits, 1, UINT64_MAX, &inside), 1);
        assert_int_equal(inside, in);
        if (in)
            expected[(y + 5) * 20 + x + 7] = colour;
    }
    struct picture picture = easel_picture(&easel);
    assert_int_equal(picture.width, 20);
    assert_int_equal(picture.height, 11);
    assert_memory_equal(picture.pixels, expected, sizeof expected);
    easel_finish(&easel);
}

static void a_whole_canvas_counts_all_edits(void **state)
{
    uint8_t edits[3 * EDIT_BYTES];
    edit_store(edits, edit_pack(0, 0, 1));
    edit_store(edits + 3, edit_pack(999, 999, 2));
    edit_store(edits + 6, edit_pack(999, 0, 3));
    const struct position canvas = {1, 1};
    assert_int_equal(region_count(&(struct region){1000, 1000, 1000, 1000}, canvas, edits, 3), 3);
    assert_int_equal(region_count(&(struct region){1000, 1000, 999, 1000}, canvas, edits, 3), 1);
    assert_int_equal(region_count(&(struct region){1000, 1001, 1000, 999}, canvas, edits, 3), 1);
    assert_int_equal(region_count(&(struct region){0, 0, 1000, 1000}, canvas, edits, 3), 0);
}

/* Of ten edits every second lies in the region: after the limit those beside it are still taken. */
static void painting_ends_before_the_edit_too_many(void **state)
{
    uint8_t edits[10 * EDIT_BYTES];
    for (uint32_t i = 0; i < 10; i++)
        edit_store(edits + EDIT_BYTES * i, edit_pack(i % 2 ? 500 : i, 0, 1 + i));
    struct easel easel;
    uint64_t inside;
    assert_int_equal(easel_init(&easel, &(struct region){0, 0, 10, 1}, 1), 0);
    const struct position home = {0, 0};
    assert_int_equal(easel_paint(&easel, home, edits, 10, 2, &inside), 4);
    assert_int_equal(inside, 2);
    assert_int_equal(easel.pixels[2], 3);
    assert_int_equal(easel.pixels[4], 0);
    assert_int_equal(easel_paint(&easel, home, edits + 12, 6, 3, &inside), 6);
    assert_int_equal(inside, 3);
    easel_finish(&easel);
}

static void what_was_touched_is_told_once(void **state)
{
    uint8_t edits[2 * EDIT_BYTES];
    struct easel easel;
    uint64_t inside;
    edit_store(edits, edit_pack(3, 8, 1));
    edit_store(edits + EDIT_BYTES, edit_pack(6, 5, 0)); /* as it was: nothing changes */
    assert_int_equal(easel_init(&easel, &(struct region){0, 0, 10, 10}, 1), 0);
    easel_paint(&easel, (struct position){0, 0}, edits, 2, UINT64_MAX, &inside);
    struct rect touched = easel_picture(&easel).touched;
    assert_true(touched.x == 3 && touched.y == 8 && touched.width == 1 && touched.height == 1);
    assert_true(rect_empty(easel_picture(&easel).touched));
    easel_finish(&easel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_are_regions),
        cmocka_unit_test(texts_that_are_none),
        cmocka_unit_test(canvases_that_a_region_touches),
        cmocka_unit_test(a_region_grows_around_canvases),
        cmocka_unit_test(an_easel_paints_what_lies_in_the_region),
        cmocka_unit_test(a_whole_canvas_counts_all_edits),
        cmocka_unit_test(painting_ends_before_the_edit_too_many),
        cmocka_unit_test(what_was_touched_is_told_once),
    };
    srand(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
