/* SPDX-License-Identifier: ISC */
/* The parsers of what strangers write, by example. */
#include "cmocka_all.h"

#include <string.h>

#include "edge/parse.h"

static bool decimal(const char *text, uint64_t max, uint64_t *value)
{
    return parse_decimal(text, strlen(text), max, value);
}

static void a_decimal_is_digits_up_to_a_limit(void **state)
{
    uint64_t value = 77;
    assert_true(decimal("0", 0, &value));
    assert_int_equal(value, 0);
    assert_true(decimal("999", 999, &value));
    assert_int_equal(value, 999);
    assert_true(decimal("007", 999, &value));
    assert_int_equal(value, 7);
    assert_true(decimal("18446744073709551615", UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
}

static void what_is_no_decimal_leaves_the_value_alone(void **state)
{
    static const char *const bad[] = {"",    "-1",  "+1",   " 1",   "1 ",      "1.0",
                                      "1e2", "0x1", "1000", "9999", "\xd9\xa1"};
    uint64_t value = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(decimal(bad[i], 999, &value));
    assert_false(decimal("18446744073709551616", UINT64_MAX, &value));
    assert_false(decimal("99999999999999999999999999", UINT64_MAX, &value));
    assert_false(decimal("1", 0, &value));
    assert_false(parse_decimal("1\0002", 3, 999, &value));
    assert_int_equal(value, 77);
}

static void a_list_has_whole_tokens(void **state)
{
    assert_true(parse_list_has("keep-alive, Upgrade", "upgrade"));
    assert_true(parse_list_has(",, upgrade\t,", "upgrade"));
    assert_false(parse_list_has("upgraded, up", "upgrade"));
    assert_false(parse_list_has("upgrade me", "upgrade"));
    assert_false(parse_list_has("", "upgrade"));
    assert_false(parse_list_has(" , ,", "upgrade"));
}

static void if_none_match_has_lists_weak_tags_and_a_star(void **state)
{
    assert_true(parse_none_match("\"a\"", "\"a\""));
    assert_true(parse_none_match("W/\"a\"", "\"a\""));
    assert_true(parse_none_match("\"x\" , W/\"y\",\"a\"", "\"a\""));
    assert_true(parse_none_match("*", "\"a\""));
    assert_false(parse_none_match("", "\"a\""));
    assert_false(parse_none_match("a", "\"a\""));
    assert_false(parse_none_match("\"aa\"", "\"a\""));
    assert_false(parse_none_match("w/\"a\"", "\"a\""));
    assert_false(parse_none_match("W/", "\"a\""));
    assert_false(parse_none_match("**", "\"a\""));
}

static void gzip_is_accepted_by_name_or_by_star(void **state)
{
    static const char *const yes[] = {"gzip",       "br, GZIP",    "gzip;q=0.001",
                                      "gzip ; q=1", "*",           "br;q=0, *;q=.5",
                                      "gzip;x=0",   "*;q=0, gzip", "identity,gzip"};
    static const char *const no[] = {"",         "br",      "gzip;q=0", "gzip; q=0.000", "gzipped",
                                     "identity", "*;q=0.0", "x-gzip",   "gzip;q=0, *"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(parse_accepts_gzip(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(parse_accepts_gzip(no[i]));
}

static void an_origin_is_ours_when_it_is_the_host(void **state)
{
    assert_true(parse_origin_is_host("http://a.test", "a.test"));
    assert_true(parse_origin_is_host("https://a.test:8443", "A.test:8443"));
    assert_true(parse_origin_is_host("http://[::1]:8080", "[::1]:8080"));
    assert_false(parse_origin_is_host("http://a.test", "a.test:80"));
    assert_false(parse_origin_is_host("http://a.test.b", "a.test"));
    assert_false(parse_origin_is_host("http://a.test/", "a.test"));
    assert_false(parse_origin_is_host("null", "null"));
    assert_false(parse_origin_is_host("http://", ""));
    assert_false(parse_origin_is_host("ftp://a.test", "a.test"));
    assert_false(parse_origin_is_host("a.test", "a.test"));
}

static bool utf8(const char *text)
{
    return parse_is_utf8((const uint8_t *)text, strlen(text));
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

/* The header of a frame of len bytes, `form` bytes long without its mask, right before the end. */
static const uint8_t *header(uint8_t *buffer, size_t form, bool mask, unsigned first, uint64_t len)
{
    uint8_t *at = buffer + 32 - form - (mask ? 4 : 0);
    at[0] = (uint8_t)first;
    at[1] = (uint8_t)((form == 2 ? len : form == 4 ? 126 : 127) | (mask ? 0x80 : 0));
    for (size_t i = 2; i < form; i++)
        at[i] = (uint8_t)(len >> 8 * (form - 1 - i));
    return buffer + 32;
}

static void a_frame_without_a_mask_is_recognised(void **state)
{
    static const struct {
        size_t form;
        uint64_t len;
    } frames[] = {{2, 1}, {2, 125}, {4, 125}, {4, 126}, {4, 772}, {10, 772}, {10, 1ull << 40}};
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        uint8_t buffer[32] = {0};
        uint64_t len = frames[i].len;
        assert_true(parse_frame_unmasked(header(buffer, frames[i].form, false, 0x82, len), len, 2));
        assert_false(parse_frame_unmasked(buffer + 32, len, 1));
        assert_false(parse_frame_unmasked(buffer + 32, len + 1, 2));
        memset(buffer, 0, sizeof buffer);
        /* Not final, and of the other opcode. */
        assert_true(parse_frame_unmasked(header(buffer, frames[i].form, false, 0x01, len), len, 1));
    }
}

static void a_mask_that_looks_like_a_header_is_none(void **state)
{
    uint8_t buffer[32] = {0};
    const uint8_t *end = header(buffer, 2, true, 0x82, 7);
    memcpy(buffer + 28, "\x82\x07\x82\x07", 4);
    assert_false(parse_frame_unmasked(end, 7, 2));
    memset(buffer, 0, sizeof buffer);
    end = header(buffer, 4, true, 0x82, 772);
    memcpy(buffer + 28, "\x82\x7e\x03\x04", 4);
    assert_false(parse_frame_unmasked(end, 772, 2));
}

static void a_header_that_came_before_is_not_guessed(void **state)
{
    uint8_t buffer[32] = {0};
    assert_false(parse_frame_unmasked(buffer + 32, 7, 2));
    memset(buffer, 0xff, sizeof buffer);
    assert_false(parse_frame_unmasked(buffer + 32, 7, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decimal_is_digits_up_to_a_limit),
        cmocka_unit_test(what_is_no_decimal_leaves_the_value_alone),
        cmocka_unit_test(a_list_has_whole_tokens),
        cmocka_unit_test(if_none_match_has_lists_weak_tags_and_a_star),
        cmocka_unit_test(gzip_is_accepted_by_name_or_by_star),
        cmocka_unit_test(an_origin_is_ours_when_it_is_the_host),
        cmocka_unit_test(utf8_is_what_rfc_3629_says),
        cmocka_unit_test(a_frame_without_a_mask_is_recognised),
        cmocka_unit_test(a_mask_that_looks_like_a_header_is_none),
        cmocka_unit_test(a_header_that_came_before_is_not_guessed),
    };
    return cmocka_run_group_tests_name("edge parse", tests, NULL, NULL);
}
