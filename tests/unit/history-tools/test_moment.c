/* SPDX-License-Identifier: ISC */
/* test_moment: what is a version, what is a time, and what is neither. */
#include "cmocka_all.h"
#include "common/moment.h"

static void digits_are_versions_or_times_and_dates_are_times(void **state)
{
    static const struct {
        const char *text;
        bool is_time;
        uint64_t version;
        int64_t time_ms;
    } rows[] = {
        {"0", false, 0, 0},
        {"12345", false, 12345, 0},
        {"999999999999", false, 999999999999, 0},
        {"1000000000000", true, 0, 1000000000000},
        {"1775044800000", true, 0, 1775044800000},
        {"2026-04-01T12:00:00Z", true, 0, 1775044800000},
        {"2026-04-01T14:00:00.5+02:00", true, 0, 1775044800500},
        {"1969-12-31T23:59:59Z", true, 0, -1000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct moment moment;
        if (!moment_parse(rows[i].text, &moment) || moment.is_time != rows[i].is_time ||
            moment.version != rows[i].version || moment.time_ms != rows[i].time_ms)
            fail_msg("%s", rows[i].text);
    }
}

static void anything_else_is_none(void **state)
{
    static const char *const texts[] = {"",
                                        "-1",
                                        "+1",
                                        "1.5",
                                        "now",
                                        "2026-04-01",
                                        "12 ",
                                        "9223372036854775808",
                                        "2026-02-30T00:00:00Z"};
    struct moment moment;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (moment_parse(texts[i], &moment))
            fail_msg("%s", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_versions_or_times_and_dates_are_times),
        cmocka_unit_test(anything_else_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
