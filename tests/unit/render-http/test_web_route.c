/* SPDX-License-Identifier: ISC */
/* Which row of a table a path is for. */
#include "cmocka_all.h"

#include <string.h>

#include "render/http/web_route.h"

static void paths_fit_patterns(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool fits;
    } rows[] = {
        {"/", "/", true},
        {"/", "", false},
        {"/a", "/a", true},
        {"/a", "/ab", false},
        {"/a", "/", false},
        {"/a/*", "/a/b/c", true},
        {"/a/*", "/a/", false},
        {"/a/*", "/a", false},
        {"/a/*/c", "/a/b/c", true},
        {"/a/*/c", "/a//c", false},
        {"/a/*/c", "/a/b/b/c", false},
        {"/a/*/c", "/a/b/cc", false},
        {"/a/*/*", "/a/b/c/d", true},
        {"/a/*/*", "/a/b/", false},
        {"/a/*/*", "/a/b", false},
        {"/*", "/.", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (web_route_fits(rows[i].pattern, rows[i].path, strlen(rows[i].path)) != rows[i].fits)
            fail_msg("%s and %s", rows[i].pattern, rows[i].path);
    assert_true(web_route_fits("/a", "/a?b", 2)); /* no final zero is needed */
}

static void the_first_row_that_fits_counts(void **state)
{
    static const struct web_route table[] = {
        {WEB_GET, "/a/*/b"}, {WEB_GET, "/a/*"}, {WEB_POST, "/p"}, {WEB_GET, "/s", .admin = true},
        {WEB_GET, "/*"},
    };
    static const struct web_routes all = {table, sizeof table / sizeof *table};
    const struct web_route *other;
    assert_ptr_equal(web_route_find(&all, WEB_GET, "/a/x/b", 6, false, &other), &table[0]);
    assert_ptr_equal(web_route_find(&all, WEB_GET, "/a/x", 4, false, &other), &table[1]);
    assert_ptr_equal(web_route_find(&all, WEB_POST, "/p", 2, false, &other), &table[2]);
    assert_null(web_route_find(&all, WEB_POST, "/a/x", 4, false, &other));
    assert_ptr_equal(other, &table[1]);
    assert_ptr_equal(web_route_find(&all, WEB_GET, "/s", 2, true, &other), &table[3]);
    /* Of what is the operator's nobody else learns: it is a page that there is not. */
    assert_ptr_equal(web_route_find(&all, WEB_GET, "/s", 2, false, &other), &table[4]);
    assert_null(web_route_find(&all, WEB_POST, "/s", 2, false, &other));
    assert_null(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_fit_patterns),
        cmocka_unit_test(the_first_row_that_fits_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
