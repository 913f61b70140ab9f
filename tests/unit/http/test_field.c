/* SPDX-License-Identifier: ISC */
/* The values of header fields, by example. */
#include "cmocka_all.h"

#include "http/field.h"

static void a_list_has_whole_tokens(void **state)
{
    assert_true(field_list_has("keep-alive, Upgrade", "upgrade"));
    assert_true(field_list_has(",, upgrade\t,", "upgrade"));
    assert_false(field_list_has("upgraded, up", "upgrade"));
    assert_false(field_list_has("upgrade me", "upgrade"));
    assert_false(field_list_has("", "upgrade"));
    assert_false(field_list_has(" , ,", "upgrade"));
}

static void if_none_match_has_lists_weak_tags_and_a_star(void **state)
{
    assert_true(field_none_match("\"a\"", "\"a\""));
    assert_true(field_none_match("W/\"a\"", "\"a\""));
    assert_true(field_none_match("\"x\" , W/\"y\",\"a\"", "\"a\""));
    assert_true(field_none_match("*", "\"a\""));
    assert_false(field_none_match("", "\"a\""));
    assert_false(field_none_match("a", "\"a\""));
    assert_false(field_none_match("\"aa\"", "\"a\""));
    assert_false(field_none_match("w/\"a\"", "\"a\""));
    assert_false(field_none_match("W/", "\"a\""));
    assert_false(field_none_match("**", "\"a\""));
}

static void gzip_is_accepted_by_name_or_by_star(void **state)
{
    static const char *const yes[] = {"gzip",       "br, GZIP",    "gzip;q=0.001",
                                      "gzip ; q=1", "*",           "br;q=0, *;q=.5",
                                      "gzip;x=0",   "*;q=0, gzip", "identity,gzip"};
    static const char *const no[] = {"",         "br",      "gzip;q=0", "gzip; q=0.000", "gzipped",
                                     "identity", "*;q=0.0", "x-gzip",   "gzip;q=0, *"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(field_accepts_gzip(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(field_accepts_gzip(no[i]));
}

static void a_type_is_one_whatever_its_parameters(void **state)
{
    assert_true(field_is_type("application/json", "application/json"));
    assert_true(field_is_type("Application/JSON;charset=utf-8", "application/json"));
    assert_true(field_is_type("application/json ; a=b", "application/json"));
    assert_false(field_is_type("application/jsonp", "application/json"));
    assert_false(field_is_type("application/jso", "application/json"));
    assert_false(field_is_type("", "application/json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_has_whole_tokens),
        cmocka_unit_test(if_none_match_has_lists_weak_tags_and_a_star),
        cmocka_unit_test(gzip_is_accepted_by_name_or_by_star),
        cmocka_unit_test(a_type_is_one_whatever_its_parameters),
    };
    return cmocka_run_group_tests_name("http field", tests, NULL, NULL);
}
