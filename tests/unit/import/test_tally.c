/* SPDX-License-Identifier: ISC */
/* Colours of larger palettes are counted; the numbers of users are SipHash's, as its authors test
 * it. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/palette.h"
#include "import/author.h"
#include "import/pacer.h"
#include "import/tally.h"

static void our_own_colours_stay_and_are_not_counted(void **state)
{
    struct tally *tally = calloc(1, sizeof *tally);
    for (uint8_t i = 0; i < CANVAS_COLOURS; i++) {
        uint32_t rgb =
            (uint32_t)palette[i].red << 16 | (uint32_t)palette[i].green << 8 | palette[i].blue;
        assert_int_equal(tally_colour(tally, rgb), i);
    }
    assert_int_equal(tally->nearest, 0);
    assert_int_equal(tally->n_colours, 0);
    free(tally);
}

static void others_become_the_nearest_and_are_counted(void **state)
{
    struct tally *tally = calloc(1, sizeof *tally);
    for (int i = 0; i < 3; i++)
        assert_int_equal(tally_colour(tally, 0xfffffe), 0);
    assert_int_equal(tally_colour(tally, 0x00e5f0), 11); /* as the files of 2017 have cyan */
    assert_int_equal(tally->nearest, 4);
    assert_int_equal(tally->n_colours, 2);
    assert_int_equal(tally->colours[0].rows, 3);
    assert_int_equal(tally->colours[1].rgb, 0x00e5f0);
    for (uint32_t rgb = 0x102030; rgb < 0x102030 + 1000; rgb++) /* no end of them */
        tally_colour(tally, rgb);
    assert_int_equal(tally->nearest, 1004);
    assert_int_equal(tally->n_colours, TALLY_COLOURS);
    free(tally);
}

static void rejections_add_up(void **state)
{
    struct tally *tally = calloc(1, sizeof *tally);
    for (int i = 0; i < REJECTION_COUNT; i++) {
        tally->rejected[i] = (uint64_t)i + 1;
        assert_true(strlen(rejection_name((enum rejection)i)) > 0);
        assert_true(strlen(rejection_text((enum rejection)i)) > 0);
    }
    assert_int_equal(tally_rejected(tally), REJECTION_COUNT * (REJECTION_COUNT + 1) / 2);
    free(tally);
}

static void a_user_is_siphash_with_the_highest_bit_set(void **state)
{
    /* The vector of SipHash's paper: key 00..0f, input 00..0e. */
    uint8_t key[AUTHOR_KEY_BYTES], input[15];
    for (uint8_t i = 0; i < sizeof key; i++)
        key[i] = i;
    for (uint8_t i = 0; i < sizeof input; i++)
        input[i] = i;
    assert_true(author_of(key, (const char *)input, sizeof input) ==
                (UINT64_C(0xa129ca6149be45e5) | UINT64_C(1) << 63));
    assert_memory_equal(author_default_key, "placed import v1", AUTHOR_KEY_BYTES);
    assert_true(author_of(author_default_key, "a", 1) != author_of(author_default_key, "b", 1));
}

static void what_happened_is_due_k_times_as_fast(void **state)
{
    struct pacer pacer = {.speed = 10};
    assert_true(pacer_left_ms(&pacer, 0, 600) == 0);     /* has no time */
    assert_true(pacer_left_ms(&pacer, 50000, 700) == 0); /* the first is due at once */
    assert_true(pacer_left_ms(&pacer, 60000, 700) == 1001);
    assert_true(pacer_left_ms(&pacer, 60000, 1699) > 0);
    assert_true(pacer_left_ms(&pacer, 60000, 1700) == 0);
    assert_true(pacer_left_ms(&pacer, 40000, 700) == 0);
    assert_true(pacer_left_ms(&pacer, INT64_MAX, 700) > 0);
    struct pacer at_once = {0};
    assert_true(pacer_left_ms(&at_once, INT64_MAX, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_own_colours_stay_and_are_not_counted),
        cmocka_unit_test(others_become_the_nearest_and_are_counted),
        cmocka_unit_test(rejections_add_up),
        cmocka_unit_test(a_user_is_siphash_with_the_highest_bit_set),
        cmocka_unit_test(what_happened_is_due_k_times_as_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
