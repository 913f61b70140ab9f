/* SPDX-License-Identifier: ISC */
/* A rectangle over the corner of four canvases comes out as each canvas's edits, each pixel once.
 */
#include "pixels.h"

#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/edit.h"

static void every_pixel_comes_once(void **state)
{
    struct pixels pixels;
    const struct region region = {-3, -2, 7, 5};
    int seen[5][7] = {{0}};
    assert_int_equal(pixels_init(&pixels, region), 0);
    memset(pixels.colours, 4, 35);
    pixels.colours[0] = PIXELS_LEFT;
    pixels.colours[34] = 9;
    assert_int_equal(pixels_count(&pixels), 34);
    for (int16_t gy = -1; gy <= 0; gy++) {
        for (int16_t gx = -1; gx <= 0; gx++) {
            const struct position canvas = {gx, gy};
            uint8_t edits[4 * EDIT_BYTES];
            uint64_t at = 0;
            for (size_t n; (n = pixels_edits(&pixels, canvas, &at, edits, 4)) > 0;) {
                for (size_t i = 0; i < n; i++) {
                    uint32_t word = edit_load(edits + EDIT_BYTES * i);
                    int x = gx * 1000 + (int)edit_x(word) - region.x;
                    int y = gy * 1000 + (int)edit_y(word) - region.y;
                    assert_true(x >= 0 && x < 7 && y >= 0 && y < 5);
                    assert_int_equal(edit_colour(word), x == 6 && y == 4 ? 9 : 4);
                    seen[y][x]++;
                }
            }
        }
    }
    for (int y = 0; y < 5; y++) {
        for (int x = 0; x < 7; x++)
            assert_int_equal(seen[y][x], x != 0 || y != 0);
    }
    uint64_t at = 0;
    uint8_t edit[EDIT_BYTES];
    assert_int_equal(pixels_edits(&pixels, (struct position){1, 0}, &at, edit, 1), 0);
    assert_int_equal(pixels_edits(&pixels, (struct position){-1023, 0}, &at, edit, 1), 0);
    pixels_finish(&pixels);
}

static void a_picture_becomes_the_palette(void **state)
{
    struct pixels pixels;
    uint8_t bytes[] = {0xff, 0xff, 0xff, 0xff,  /* white */
                       0xe5, 0x00, 0x09, 0xff,  /* red */
                       0xe0, 0x05, 0x05, 0xff,  /* nearly red */
                       0x00, 0x00, 0x00, 0x10}; /* as good as nothing */
    const struct rgba picture = {4, 1, bytes};
    assert_int_equal(pixels_init(&pixels, (struct region){5, 5, 4, 1}), 0);
    assert_int_equal(pixels_from_picture(&pixels, &picture), 1);
    const uint8_t expected[] = {0, 5, 5, PIXELS_LEFT};
    assert_memory_equal(pixels.colours, expected, sizeof expected);
    pixels_finish(&pixels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pixel_comes_once),
        cmocka_unit_test(a_picture_becomes_the_palette),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
