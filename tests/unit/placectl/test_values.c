/* SPDX-License-Identifier: ISC */
/* Durations, times, places and colours, as people write them. */
#include "values.h"

#include "cmocka_all.h"

#define NOW INT64_C(1795000000000)

static void durations(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds; /* 0: refused */
    } cases[] = {
        {"90s", 90},
        {"30m", 1800},
        {"24h", 86400},
        {"7d", 604800},
        {"2w", 1209600},
        {"1h30m", 5400},
        {"3650d", 315360000},
        {"3651d", 0},
        {"", 0},
        {"90", 0},
        {"h", 0},
        {"1.5h", 0},
        {"-2h", 0},
        {"2 h", 0},
        {"2h ", 0},
        {"0s", 0},
        {"1y", 0},
        {"2H", 0},
        {"1h30", 0},
        {"99999999999999999999s", 0},
        {"315360000s1s", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds = -1;
        bool good = value_duration(cases[i].text, &seconds);
        if (good != (cases[i].seconds > 0) || seconds != (good ? cases[i].seconds : -1))
            fail_msg("%s: %d, %lld", cases[i].text, good, (long long)seconds);
    }
}

static void times(void **state)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } cases[] = {
        {"now", NOW},
        {"+2h", NOW + 7200000},
        {"-90s", NOW - 90000},
        {"2026-04-01T12:00:00Z", INT64_C(1775044800000)},
        {"2026-04-01T14:00:00+02:00", INT64_C(1775044800000)},
        {"1775044800000", INT64_C(1775044800000)},
        {"17750448", -1}, /* a version, which a moment of the day is not */
        {"2026-02-30T00:00:00Z", -1},
        {"tomorrow", -1},
        {"+", -1},
        {"2h", -1}, /* before or after? */
        {"", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ms = -1;
        bool good = value_time(cases[i].text, NOW, &ms);
        if (good != (cases[i].ms >= 0) || ms != cases[i].ms)
            fail_msg("%s: %d, %lld", cases[i].text, good, (long long)ms);
    }
}

static void places(void **state)
{
    int64_t a = 7, b = 7;
    assert_true(value_pair("-5,10", -1000, 1000, &a, &b));
    assert_int_equal(a, -5);
    assert_int_equal(b, 10);
    static const char *const wrong[] = {"",      "5",    "5,",   ",5",     "5,6,7",
                                        "5, 6",  "05,6", "-0,1", "1001,0", "0,-1001",
                                        "1e2,0", "a,b",  "5;6"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (value_pair(wrong[i], -1000, 1000, &a, &b))
            fail_msg("%s", wrong[i]);
    }
    assert_int_equal(a, -5); /* as it was */
}

static void factors(void **state)
{
    uint64_t n = 0;
    assert_true(value_hundredths("0", 100000, &n));
    assert_int_equal(n, 0);
    assert_true(value_hundredths("0.5", 100000, &n));
    assert_int_equal(n, 50);
    assert_true(value_hundredths("2.25", 100000, &n));
    assert_int_equal(n, 225);
    assert_true(value_hundredths("1000", 100000, &n));
    static const char *const wrong[] = {"",        ".",  ".5",  "1.", "1.234",
                                        "1000.01", "-1", "1e3", "1,5"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (value_hundredths(wrong[i], 100000, &n))
            fail_msg("%s", wrong[i]);
    }
}

static void colours(void **state)
{
    static const struct {
        const char *text;
        int colour; /* -1: refused */
    } cases[] = {
        {"0", 0},
        {"15", 15},
        {"16", -1},
        {"blue", 12},
        {"dark blue", 13},
        {"dark-blue", 13},
        {"Dark_Blue", 13},
        {"darkblue", 13},
        {"", -1},
        {"bluish", -1},
        {"blu", -1},
        {"-", -1},
        {"averyveryverylongnameofacolour", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned colour = 99;
        bool good = value_colour(cases[i].text, &colour);
        if (good != (cases[i].colour >= 0) || (good && (int)colour != cases[i].colour))
            fail_msg("%s: %d %u", cases[i].text, good, colour);
    }
    uint16_t bits = 0;
    assert_true(value_colours("white,3,dark blue", &bits));
    assert_int_equal(bits, 1U << 0 | 1U << 3 | 1U << 13);
    assert_false(value_colours("white,", &bits));
    assert_false(value_colours(",white", &bits));
    assert_false(value_colours("", &bits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations), cmocka_unit_test(times),   cmocka_unit_test(places),
        cmocka_unit_test(factors),   cmocka_unit_test(colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
