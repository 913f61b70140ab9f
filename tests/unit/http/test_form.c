/* SPDX-License-Identifier: ISC */
/* Queries and forms, by example. */
#include "cmocka_all.h"

#include <string.h>

#include "http/form.h"

static int get(const char *form, const char *name, char value[16])
{
    return form_get(form, strlen(form), name, value, 16);
}

static void a_parameter_is_found_and_decoded(void **state)
{
    static const struct {
        const char *form, *value;
    } good[] = {
        {"x=1", "1"},
        {"a=2&x=1&b=3", "1"},
        {"&&x=1&", "1"},
        {"x", ""},
        {"x=", ""},
        {"x&y", ""},
        {"xx=2&x=1&ax=3", "1"},
        {"x=a=b", "a=b"},
        {"x=+a%20%2b%2B", " a ++"},
        {"x=%4", "%4"},
        {"x=%", "%"},
        {"x=%4g%g4%%41", "%4g%g4%A"},
        {"x=123456789012345", "123456789012345"},
        {"x=%E2%82%AC", "\xe2\x82\xac"},
    };
    char value[16];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(get(good[i].form, "x", value), strlen(good[i].value));
        assert_string_equal(value, good[i].value);
    }
    assert_int_equal(get("x=a%00b", "x", value), 3);
    assert_memory_equal(value, "a\0b", 4);
}

static void one_that_is_not_there_or_twice_or_long(void **state)
{
    char value[16];
    static const char *const none[] = {"", "X=1", "xx", "%78=1", "a&b=x", "=x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(get(none[i], "x", value), FORM_NONE);
    static const char *const twice[] = {"x=1&x=2", "x&x", "x=1&a&x=1"};
    for (size_t i = 0; i < sizeof twice / sizeof *twice; i++)
        assert_int_equal(get(twice[i], "x", value), FORM_TWICE);
    assert_int_equal(get("x=1234567890123456", "x", value), FORM_LONG);
    assert_int_equal(get("a=1234567890123456&x=1", "x", value), 1);
    assert_int_equal(form_get("x=12", 3, "x", value, 16), 1); /* not past its length */
}

static void a_path_keeps_its_plus(void **state)
{
    char path[] = "/a+b%2Bc%2";
    assert_int_equal(form_decode(path, strlen(path), 0), 8);
    assert_memory_equal(path, "/a+b+c%2", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parameter_is_found_and_decoded),
        cmocka_unit_test(one_that_is_not_there_or_twice_or_long),
        cmocka_unit_test(a_path_keeps_its_plus),
    };
    return cmocka_run_group_tests_name("http form", tests, NULL, NULL);
}
