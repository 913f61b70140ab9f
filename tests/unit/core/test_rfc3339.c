/* SPDX-License-Identifier: ISC */
/* test_rfc3339: what is a point in time and what is not; the C library's calendar is the judge. */
#include "cmocka_all.h"
#include "core/rfc3339.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { UNTOUCHED = 4711 };

static void times_are_ms_since_1970(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2026-04-01T12:00:00Z", 1775044800000},
        {"2026-04-01t12:00:00z", 1775044800000},
        {"2026-04-01 12:00:00Z", 1775044800000},
        {"2026-04-01T14:00:00+02:00", 1775044800000},
        {"2026-04-01T06:30:00-05:30", 1775044800000},
        {"2026-04-01T12:00:00-00:00", 1775044800000},
        {"2017-03-31T17:00:00.5Z", 1490979600500},
        {"2017-03-31T17:00:00.0019999Z", 1490979600001},
        {"2000-02-29T00:00:00Z", 951782400000},
        {"2016-12-31T23:59:60Z", 1483228800000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t ms = UNTOUCHED;
        if (!rfc3339_parse(rows[i].text, strlen(rows[i].text), &ms) || ms != rows[i].ms)
            fail_msg("%s: %" PRId64 ", expected %" PRId64, rows[i].text, ms, rows[i].ms);
    }
}

static void anything_else_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "2026",
        "2026-04-01",
        "2026-04-01T12:00Z",
        "2026-04-01T12:00:00",
        "2026-04-01T12:00:00.Z",
        "2026-04-01T12:00:00Zx",
        "2026-04-01T12:00:00+02",
        "2026-04-01T12:00:00+0200",
        "2026-04-01T12:00:00+24:00",
        "2026-04-01T24:00:00Z",
        "2026-04-01T12:60:00Z",
        "2026-04-01T12:00:61Z",
        "2026-00-01T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-04-00T12:00:00Z",
        "2026-04-31T12:00:00Z",
        "2025-02-29T12:00:00Z",
        "1900-02-29T12:00:00Z",
        "26-04-01T12:00:00Z",
        "-026-04-01T12:00:00Z",
        "2026-04-01_12:00:00Z",
        " 2026-04-01T12:00:00Z",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t ms = UNTOUCHED;
        if (rfc3339_parse(texts[i], strlen(texts[i]), &ms) || ms != UNTOUCHED)
            fail_msg("%s: %" PRId64, texts[i], ms);
    }
}

/* Every beginning of a text in memory of exactly its size: the sanitizer sees a byte too many. */
static void nothing_is_read_past_the_end(void **state)
{
    static const char text[] = "2026-04-01T12:00:00.123+02:00";
    for (size_t len = 0; len <= strlen(text); len++) {
        int64_t ms;
        char *exact = malloc(len ? len : 1);
        assert_non_null(exact);
        memcpy(exact, text, len);
        assert_int_equal(rfc3339_parse(exact, len, &ms), len == strlen(text));
        free(exact);
    }
}

/* A day of every month of some thousand years, there and back. */
static void the_calendar_is_that_of_the_c_library(void **state)
{
    for (int64_t second = -62135596800; second < 253402300800; second += 29 * 86400 + 12345) {
        time_t when = (time_t)second;
        struct tm tm;
        char expected[RFC3339_BYTES + 100], text[RFC3339_BYTES];
        int64_t back;
        assert_non_null(gmtime_r(&when, &tm));
        snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d.007Z", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        assert_true(rfc3339_write(text, second * 1000 + 7));
        assert_string_equal(text, expected);
        assert_true(rfc3339_parse(text, strlen(text), &back));
        assert_int_equal(back, second * 1000 + 7);
    }
}

static void years_of_other_lengths_are_not_written(void **state)
{
    char text[RFC3339_BYTES];
    assert_false(rfc3339_write(text, INT64_MAX));
    assert_false(rfc3339_write(text, INT64_MIN));
    assert_false(rfc3339_write(text, 253402300800000));
    assert_true(rfc3339_write(text, 253402300799999));
    assert_false(rfc3339_write(text, -62135596800001));
    assert_true(rfc3339_write(text, -62135596800000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_ms_since_1970),
        cmocka_unit_test(anything_else_is_none),
        cmocka_unit_test(nothing_is_read_past_the_end),
        cmocka_unit_test(the_calendar_is_that_of_the_c_library),
        cmocka_unit_test(years_of_other_lengths_are_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
