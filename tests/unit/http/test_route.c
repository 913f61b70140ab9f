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
    assert_true(route_fits("/#", "/2147483647", n));
    assert_int_equal(n[0], INT32_MAX);
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
        "/c/2147483648,0/ws",
        "/c/99999999999999999999,0/ws",
        "",
        "/",
    };
    int64_t n[ROUTE_NUMBERS];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(route_fits("/c/#,#/ws", bad[i], n));
    assert_false(route_fits("/info", "/info/", n));
    assert_false(route_fits("/info", "/inf", n));
    assert_false(route_fits("/#/#/#/#/#", "/1/2/3/4/5", n)); /* more than there is room for */
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
        cmocka_unit_test(the_first_row_that_fits_and_its_methods),
    };
    return cmocka_run_group_tests_name("http route", tests, NULL, NULL);
}
