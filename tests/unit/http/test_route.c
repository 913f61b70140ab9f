/* SPDX-License-Identifier: ISC */
/* Paths and the patterns that they fit, by example. */
#include "cmocka_all.h"

#include "http/route.h"

static void a_pattern_fits_and_tells_its_numbers(void **state)
{
    int64_t n[ROUTE_NUMBERS] = {0};
    assert_true(route_fits("/info", "/info", n));
    assert_true(route_fits("/c/#,#/ws", "/c/0,-1024/ws", n));
    assert_int_equal(n[0], 0);
    assert_int_equal(n[1], -1024);
    assert_true(route_fits("/t/#/#/#.png", "/t/11/7/-3.png", n));
    assert_int_equal(n[0], 11);
    assert_int_equal(n[1], 7);
    assert_int_equal(n[2], -3);
    assert_true(route_fits("/#", "/9223372036854775807", n));
    assert_int_equal(n[0], INT64_MAX);
    assert_true(route_fits("/#-#", "/12--3", n));
    assert_int_equal(n[0], 12);
    assert_int_equal(n[1], -3);
    assert_true(route_fits("/h/$/#,#/heat/#-#.png", "/h/fedcba9876543210/-7,8/heat/0-99.png", n));
    assert_true((uint64_t)n[0] == 0xfedcba9876543210);
    assert_int_equal(n[1], -7);
    assert_int_equal(n[2], 8);
    assert_int_equal(n[3], 0);
    assert_int_equal(n[4], 99);
    assert_true(route_fits("/h/*", "/h/", n));
    assert_true(route_fits("/h/*", "/h/anything/at all", n));
    assert_false(route_fits("/h/*", "/h", n));
    assert_false(route_fits("/h/*", "/hh/", n));
}

static void one_path_one_thing(void **state)
{
    static const char *const bad[] = {
        "/c/00,0/ws",
        "/c/+1,0/ws",
        "/c/-0,0/ws",
        "/c/007,0/ws",
        "/c/ 1,0/ws",
        "/c/1 ,0/ws",
        "/c/,0/ws",
        "/c/-,0/ws",
        "/c/1,0/w",
        "/c/1,0/wss",
        "/c/1,0/",
        "/c/1,0",
        "/c/1;0/ws",
        "/c/1,0//ws",
        "/c/0x1,0/ws",
        "/c/--1,0/ws",
        "/c/1.0,0/ws",
        "/C/1,0/ws",
        "/c/9223372036854775808,0/ws",
        "/c/99999999999999999999,0/ws",
        "",
        "/",
    };
    int64_t n[ROUTE_NUMBERS];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(route_fits("/c/#,#/ws", bad[i], n));
    assert_false(route_fits("/info", "/info/", n));
    assert_false(route_fits("/info", "/inf", n));
    assert_false(route_fits("/#/#/#/#/#/#", "/1/2/3/4/5/6", n)); /* more than there is room for */
    assert_false(route_fits("/#/#/#/#/#/$", "/1/2/3/4/5/0123456789abcdef", n));
}

static void a_hexadecimal_number_has_16_small_digits(void **state)
{
    static const char *const bad[] = {
        "/h/",
        "/h/x",
        "/h/0123456789abcde/x",   /* too short */
        "/h/0123456789abcdef0/x", /* too long */
        "/h/0123456789abcdeF/x",
        "/h/0123456789abcdeg/x",
        "/h/0123456789abcde",
        "/h/-123456789abcdef/x",
        "/h/0123456789abcdef",
        "/h/0123456789abcdef/",
    };
    int64_t n[ROUTE_NUMBERS];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(route_fits("/h/$/x", bad[i], n));
    assert_true(route_fits("/h/$/x", "/h/0000000000000000/x", n));
    assert_int_equal(n[0], 0);
    assert_true(route_fits("/h/$/x", "/h/00000000ffffffff/x", n));
    assert_int_equal(n[0], UINT32_MAX);
}

static void take(struct http *http)
{
}

static void the_first_row_that_fits_and_its_methods(void **state)
{
    static const struct route table[] = {
        {"/a", .get = take},
        {"/#", .post = take},
        {"/#", .get = take},
        {"/b", .get = take, .stream = true},
        {"/c", .get = take, .post = take},
    };
    const struct routes routes = {table, 5, NULL, NULL};
    int64_t n[ROUTE_NUMBERS];
    assert_ptr_equal(route_find(&routes, "/a", n), &table[0]);
    assert_ptr_equal(route_find(&routes, "/7", n), &table[1]);
    assert_ptr_equal(route_find(&routes, "/c", n), &table[4]);
    assert_null(route_find(&routes, "/d", n));
    assert_string_equal(route_methods(&table[0]), "GET, HEAD");
    assert_string_equal(route_methods(&table[1]), "POST");
    assert_string_equal(route_methods(&table[3]), "GET");
    assert_string_equal(route_methods(&table[4]), "GET, HEAD, POST");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_fits_and_tells_its_numbers),
        cmocka_unit_test(one_path_one_thing),
        cmocka_unit_test(a_hexadecimal_number_has_16_small_digits),
        cmocka_unit_test(the_first_row_that_fits_and_its_methods),
    };
    return cmocka_run_group_tests_name("http route", tests, NULL, NULL);
}
