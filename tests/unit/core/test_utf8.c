/* SPDX-License-Identifier: ISC */
/* Texts of others are UTF-8 or refused, and are cut between characters. */
#include "cmocka_all.h"

#include <string.h>

#include "core/utf8.h"

static bool utf8(const char *text)
{
    return utf8_valid((const uint8_t *)text, strlen(text));
}

static void utf8_is_what_rfc_3629_says(void **state)
{
    assert_true(utf8(""));
    assert_true(utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z"));
    assert_true(utf8("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"));
    static const char *const bad[] = {"\x80",
                                      "\xff",
                                      "\xc3",
                                      "\xc3(",
                                      "\xc0\xaf",
                                      "\xc1\xbf",
                                      "\xe0\x80\xaf",
                                      "\xe2\x82",
                                      "\xe2(\xa1",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x9f\x98",
                                      "\xf0\x80\x80\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(utf8(bad[i]));
}

static void a_text_is_cut_between_characters(void **state)
{
    static const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z";
    static const size_t wanted[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (size_t most = 0; most < sizeof wanted / sizeof *wanted; most++)
        assert_int_equal(utf8_cut(text, strlen(text), most), wanted[most]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_what_rfc_3629_says),
        cmocka_unit_test(a_text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
