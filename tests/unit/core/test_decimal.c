/* SPDX-License-Identifier: ISC */
/* test_decimal: what is a number and what is not. */
#include "cmocka_all.h"
#include "core/decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNTOUCHED = 4711 };

static void digits_are_numbers(void **state)
{
    static const struct {
        const char *text;
        uint64_t max, value;
    } rows[] = {
        {"0", 0, 0},
        {"7", 7, 7},
        {"007", 9, 7},
        {"65535", 65535, 65535},
        {"18446744073709551615", UINT64_MAX, UINT64_MAX},
        {"0000000000000000000000000000001", 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = UNTOUCHED;
        if (!decimal_parse(rows[i].text, strlen(rows[i].text), rows[i].max, &value) ||
            value != rows[i].value)
            fail_msg("%s: %" PRIu64, rows[i].text, value);
    }
}

static void anything_else_is_none(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
    } rows[] = {
        {"", 9},
        {" 1", 9},
        {"1 ", 9},
        {"-1", 9},
        {"+1", 9},
        {"1a", 9},
        {"0x1", 9},
        {"1.0", 9},
        {"/", 9},
        {":", 9},
        {"8", 7},
        {"10", 9},
        {"65536", 65535},
        {"18446744073709551616", UINT64_MAX},
        {"99999999999999999999999", UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = UNTOUCHED;
        if (decimal_parse(rows[i].text, strlen(rows[i].text), rows[i].max, &value) ||
            value != UNTOUCHED)
            fail_msg("\"%s\": %" PRIu64, rows[i].text, value);
    }
}

/* The text need not end with a NUL: with the address sanitizer a byte too many is an error. */
static void reads_no_further_than_len(void **state)
{
    char *text = malloc(3);
    memcpy(text, "123", 3);
    uint64_t value;
    int64_t canonical;
    assert_true(decimal_parse(text, 3, 999, &value) && value == 123);
    assert_true(decimal_parse(text, 2, 999, &value) && value == 12);
    assert_true(decimal_parse_canonical(text, 2, 0, 999, &canonical) && canonical == 12);
    memcpy(text, "-", 1);
    assert_false(decimal_parse_canonical(text, 1, -9, 9, &canonical));
    free(text);
}

static void a_canonical_number_has_one_text(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0}, {"10", 10}, {"-1", -1}, {"1023", 1023}, {"-1024", -1024}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t value = UNTOUCHED;
        if (!decimal_parse_canonical(good[i].text, strlen(good[i].text), -1024, 1023, &value) ||
            value != good[i].value)
            fail_msg("%s: %" PRId64, good[i].text, value);
    }
    static const char *const bad[] = {"",
                                      "-",
                                      "-0",
                                      "+1",
                                      "00",
                                      "007",
                                      "01",
                                      "-01",
                                      "--1",
                                      "1024",
                                      "-1025",
                                      "1-",
                                      " 1",
                                      "9223372036854775808",
                                      "-9223372036854775809"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t value = UNTOUCHED;
        if (decimal_parse_canonical(bad[i], strlen(bad[i]), -1024, 1023, &value) ||
            value != UNTOUCHED)
            fail_msg("\"%s\": %" PRId64, bad[i], value);
    }
    int64_t value;
    assert_true(decimal_parse_canonical("9223372036854775807", 19, 0, INT64_MAX, &value));
    assert_true(value == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_numbers),
        cmocka_unit_test(anything_else_is_none),
        cmocka_unit_test(reads_no_further_than_len),
        cmocka_unit_test(a_canonical_number_has_one_text),
    };
    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
