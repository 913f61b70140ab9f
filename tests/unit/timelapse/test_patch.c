/* SPDX-License-Identifier: ISC */
/* What a frame stores makes the next picture of the one before, and is no larger than it must be.
 */
#include "cmocka_all.h"
#include "patch.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 37, HEIGHT = 23, PIXELS = WIDTH * HEIGHT, ROUNDS = 2000 };

static const struct rect everything = {0, 0, WIDTH, HEIGHT};

static void pictures_that_are_equal_need_no_patch(void **state)
{
    uint8_t picture[PIXELS] = {1, 2, 3};
    assert_true(rect_empty(patch_rect(picture, picture, WIDTH, everything)));
    assert_true(rect_empty(patch_rect(picture, picture, WIDTH, (struct rect){0})));
}

static void one_pixel_needs_one_at_an_even_corner(void **state)
{
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            uint8_t before[PIXELS] = {0}, now[PIXELS] = {0};
            now[y * WIDTH + x] = 5;
            struct rect r = patch_rect(before, now, WIDTH, everything);
            assert_int_equal(r.x, x - x % 2);
            assert_int_equal(r.y, y - y % 2);
            assert_int_equal(r.width, 1 + x % 2);
            assert_int_equal(r.height, 1 + y % 2);
        }
    }
}

/* A patch that is put over the one picture gives the other, and lies around the changes. */
static void patches_make_the_one_of_the_other(void **state)
{
    unsigned with_kept = 0, without = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint8_t before[PIXELS], now[PIXELS], patch[PIXELS];
        struct rect touched = {0};
        for (unsigned i = 0; i < PIXELS; i++)
            before[i] = (uint8_t)(rand() % (round % 2 ? 16 : 2));
        memcpy(now, before, sizeof now);
        for (int n = rand() % (round % 3 ? 8 : 3000); n >= 0; n--) {
            uint32_t x = (uint32_t)rand() % WIDTH, y = (uint32_t)rand() % HEIGHT;
            now[y * WIDTH + x] = (uint8_t)(round % 5 ? rand() % 16 : 7);
            touched = rect_with(touched, x, y);
        }
        struct rect r = patch_rect(before, now, WIDTH, touched);
        if (rect_empty(r)) {
            assert_memory_equal(before, now, PIXELS);
            continue;
        }
        assert_int_equal(r.x % 2 + r.y % 2, 0);
        bool kept = patch_fill(before, now, WIDTH, r, patch), found = false;
        *(kept ? &with_kept : &without) += 1;
        for (uint32_t y = 0; y < r.height; y++) {
            for (uint32_t x = 0; x < r.width; x++) {
                uint8_t colour = patch[y * r.width + x];
                found = found || colour == PATCH_KEEP;
                if (colour != PATCH_KEEP)
                    before[(r.y + y) * WIDTH + r.x + x] = colour;
            }
        }
        assert_int_equal(found, kept);
        assert_memory_equal(before, now, PIXELS);
    }
    assert_true(with_kept > ROUNDS / 20 && without > ROUNDS / 20); /* both ways were taken */
}

static void scattered_changes_keep_what_is_between(void **state)
{
    uint8_t before[PIXELS], now[PIXELS], patch[PIXELS];
    for (unsigned i = 0; i < PIXELS; i++)
        before[i] = (uint8_t)(i * 7 % 16);
    memcpy(now, before, sizeof now);
    now[0] ^= 1;
    now[PIXELS - 1] ^= 1;
    struct rect r = patch_rect(before, now, WIDTH, everything);
    assert_int_equal(r.width * r.height, PIXELS);
    assert_true(patch_fill(before, now, WIDTH, r, patch));
    assert_int_equal(patch[1], PATCH_KEEP);
}

static void a_plain_picture_over_a_noisy_one_is_stored_plainly(void **state)
{
    uint8_t before[PIXELS], now[PIXELS], patch[PIXELS];
    for (unsigned i = 0; i < PIXELS; i++)
        before[i] = (uint8_t)(rand() % 2);
    memset(now, 1, sizeof now);
    assert_false(patch_fill(before, now, WIDTH, everything, patch));
    assert_memory_equal(patch, now, PIXELS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_that_are_equal_need_no_patch),
        cmocka_unit_test(one_pixel_needs_one_at_an_even_corner),
        cmocka_unit_test(patches_make_the_one_of_the_other),
        cmocka_unit_test(scattered_changes_keep_what_is_between),
        cmocka_unit_test(a_plain_picture_over_a_noisy_one_is_stored_plainly),
    };
    srand(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
