/* SPDX-License-Identifier: ISC */
/* What renderctl's arguments mean, and how amounts are told. */
#include "cmocka_all.h"

#include "values.h"

static void zooms_are_one_or_two_numbers(void **state)
{
    unsigned zooms[2];
    assert_true(value_zooms("0-6", zooms));
    assert_int_equal(zooms[0], 0);
    assert_int_equal(zooms[1], 6);
    assert_true(value_zooms("22", zooms));
    assert_int_equal(zooms[0], 22);
    assert_int_equal(zooms[1], 22);
    static const char *const wrong[] = {"",     "-",     "6-", "-6",    "6-0",
                                        "0-23", "0-6-8", "a",  "0 - 6", "+1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(value_zooms(wrong[i], zooms));
}

static void boxes_are_four_plain_numbers(void **state)
{
    double box[4];
    assert_true(value_box("5.9,45.8,10.5,-47.85", box));
    assert_float_equal(box[0], 5.9, 1e-12);
    assert_float_equal(box[3], -47.85, 1e-12);
    static const char *const wrong[] = {"",        "1,2,3",       "1,2,3,4,5",  "1,2,3,",
                                        "1,,3,4",  "1,2,3,inf",   "1,2,3,0x10", "1,2,3,nan",
                                        "1,2,3,-", "1,2,3,1.2.3", "1,2,3,1e3",  " 1,2,3,4"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(value_box(wrong[i], box));
}

static void amounts_are_told_with_three_digits(void **state)
{
    static const struct {
        double amount;
        const char *bytes, *seconds;
    } cases[] = {
        {0, "0 bytes", "0.0 s"},          {9.94, "10 bytes", "9.9 s"},
        {999, "999 bytes", "17 min"},     {1000, "1.00 kB", "17 min"},
        {12345, "12.3 kB", "3 h 26 min"}, {172799, "173 kB", "2 d 0 h"},
        {1234567, "1.23 MB", "14 d 7 h"},
    };
    char text[VALUE_TEXT_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        value_bytes(text, cases[i].amount);
        assert_string_equal(text, cases[i].bytes);
        value_seconds(text, cases[i].amount);
        assert_string_equal(text, cases[i].seconds);
    }
}

static void numbers_have_bounds(void **state)
{
    uint64_t value = 7;
    assert_true(value_number("256", 0, 256, &value));
    assert_int_equal(value, 256);
    assert_false(value_number("257", 0, 256, &value));
    assert_false(value_number("0", 1, 256, &value));
    assert_false(value_number("-1", 0, 256, &value));
    assert_false(value_number("", 0, 256, &value));
    assert_int_equal(value, 256);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(zooms_are_one_or_two_numbers),
        cmocka_unit_test(boxes_are_four_plain_numbers),
        cmocka_unit_test(amounts_are_told_with_three_digits),
        cmocka_unit_test(numbers_have_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
