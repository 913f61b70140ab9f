/* SPDX-License-Identifier: ISC */
/* Origins of pages, by example. */
#include "cmocka_all.h"

#include <string.h>

#include "http/web_origin.h"

static void an_origin_is_scheme_host_and_port(void **state)
{
    static const struct {
        const char *text, *host;
        enum web_origin_scheme scheme;
        unsigned port;
    } good[] = {
        {"http://a", "a", WEB_ORIGIN_HTTP, 80},
        {"https://A.Test", "a.test", WEB_ORIGIN_HTTPS, 443},
        {"HTTP://a-b_c.d~e:65535", "a-b_c.d~e", WEB_ORIGIN_HTTP, 65535},
        {"https://[2001:DB8::1]", "[2001:db8::1]", WEB_ORIGIN_HTTPS, 443},
        {"http://[::1]:8080", "[::1]", WEB_ORIGIN_HTTP, 8080},
        {"null", "", WEB_ORIGIN_NULL, 0},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct web_origin origin;
        assert_true(web_origin_parse(&origin, good[i].text));
        assert_int_equal(origin.scheme, good[i].scheme);
        assert_string_equal(origin.host, good[i].host);
        assert_int_equal(origin.port, good[i].port);
    }
}

static void what_is_no_origin(void **state)
{
    static const char *const bad[] = {
        "",           "a",          "http://",        "http:/a",     "ftp://a",       "http://a/",
        "http://a:",  "http://a:0", "http://a:65536", "http://a:x",  "http://:80",    "http://a@b",
        "http://a b", "http://a?b", "http://[::1",    "http://::1]", "http://a[::1]", "NULL",
        "null ",      "https//a",   "http://a:80:80", "http://*",    "http://[::1]x", " http://a",
    };
    struct web_origin origin;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(web_origin_parse(&origin, bad[i]));
    char long_one[300] = "http://";
    memset(long_one + 7, 'a', 253);
    assert_true(web_origin_parse(&origin, long_one));
    memset(long_one + 7, 'a', 254);
    assert_false(web_origin_parse(&origin, long_one));
}

static bool equal(const char *a, const char *b)
{
    struct web_origin one, other;
    assert_true(web_origin_parse(&one, a) && web_origin_parse(&other, b));
    return web_origin_equal(&one, &other);
}

static void equal_ones_have_all_three_in_common(void **state)
{
    assert_true(equal("http://a", "HTTP://A:80"));
    assert_true(equal("https://a:443", "https://a"));
    assert_true(equal("null", "null"));
    assert_false(equal("http://a", "https://a"));
    assert_false(equal("http://a:443", "https://a"));
    assert_false(equal("http://a", "http://a:81"));
    assert_false(equal("http://a", "http://b"));
}

static bool own(const char *text, const char *authority, enum web_origin_scheme scheme)
{
    struct web_origin origin;
    assert_true(web_origin_parse(&origin, text));
    return web_origin_is_authority(&origin, authority, scheme);
}

static void ones_own_origin_is_the_authority(void **state)
{
    assert_true(own("http://a", "a", WEB_ORIGIN_UNKNOWN));
    assert_true(own("https://a", "A", WEB_ORIGIN_UNKNOWN));
    assert_true(own("https://a", "a:443", WEB_ORIGIN_HTTPS));
    assert_true(own("http://a:8080", "a:8080", WEB_ORIGIN_HTTP));
    assert_true(own("http://[::1]:1", "[::1]:1", WEB_ORIGIN_UNKNOWN));
    assert_false(own("http://a", "a", WEB_ORIGIN_HTTPS));
    assert_false(own("https://a", "a", WEB_ORIGIN_HTTP));
    assert_false(own("https://a", "a:80", WEB_ORIGIN_UNKNOWN));
    assert_false(own("http://a", "b", WEB_ORIGIN_UNKNOWN));
    assert_false(own("http://a", "", WEB_ORIGIN_UNKNOWN));
    assert_false(own("http://a", "a:", WEB_ORIGIN_UNKNOWN));
    assert_false(own("null", "null", WEB_ORIGIN_UNKNOWN));
    assert_false(own("null", "", WEB_ORIGIN_UNKNOWN));
}

static void schemes_by_name(void **state)
{
    assert_int_equal(web_origin_scheme("HTTP"), WEB_ORIGIN_HTTP);
    assert_int_equal(web_origin_scheme("https"), WEB_ORIGIN_HTTPS);
    assert_int_equal(web_origin_scheme("httpsx"), WEB_ORIGIN_UNKNOWN);
    assert_int_equal(web_origin_scheme(""), WEB_ORIGIN_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_origin_is_scheme_host_and_port),
        cmocka_unit_test(what_is_no_origin),
        cmocka_unit_test(equal_ones_have_all_three_in_common),
        cmocka_unit_test(ones_own_origin_is_the_authority),
        cmocka_unit_test(schemes_by_name),
    };
    return cmocka_run_group_tests_name("http web_origin", tests, NULL, NULL);
}
