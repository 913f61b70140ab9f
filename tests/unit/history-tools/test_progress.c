/* SPDX-License-Identifier: ISC */
/* test_progress: the line says how much, how fast, how long. */
#include "cmocka_all.h"
#include "common/progress.h"

#include <string.h>

static void expect(const struct progress *progress, int64_t elapsed_ms, uint64_t count, uint64_t at,
                   uint64_t total, const char *expected)
{
    char line[PROGRESS_LINE_BYTES];
    progress_line(line, progress, elapsed_ms, count, at, total);
    assert_string_equal(line, expected);
}

static void the_line(void **state)
{
    const struct progress p = {.verb = "exported", .unit = "edits"};
    expect(&p, 100, 999, 1, 0, "exported 999 edits");
    expect(&p, 100, 1000, 1, 2, "exported 1,000 edits, 50.0 %");
    expect(&p, 2000, 16500000, 25, 100,
           "exported 16,500,000 edits, 25.0 %, 8,250,000/s, 0:00:06 left");
    expect(&p, 2000, 16500000, 100, 100, "exported 16,500,000 edits, 100.0 %, 8,250,000/s");
    expect(&p, 3600000, 10, 1, 31, "exported 10 edits, 3.2 %, 0/s, 30:00:00 left");
    /* What would take longer than anybody waits is left out. */
    expect(&p, 3600000, 10, 1, 1000, "exported 10 edits, 0.1 %, 0/s");
    expect(&p, 2000, 10, 0, 0, "exported 10 edits, 5/s");
}

static void without_a_unit_it_says_only_how_far(void **state)
{
    const struct progress p = {.verb = "planned"};
    expect(&p, 100, 0, 1, 2, "planned 50.0 %");
    expect(&p, 2000, 0, 25, 100, "planned 25.0 %, 0:00:06 left");
    expect(&p, 2000, 0, 100, 100, "planned 100.0 %");
}

static void what_was_done_before_is_no_part_of_the_rate(void **state)
{
    const struct progress p = {.verb = "imported", .unit = "rows", .begun_at = 50};
    expect(&p, 1000, 10, 60, 100, "imported 10 rows, 60.0 %, 10/s, 0:00:04 left");
    expect(&p, 1000, 0, 50, 100, "imported 0 rows, 50.0 %, 0/s");
}

static void long_words_and_large_numbers_fit(void **state)
{
    char line[PROGRESS_LINE_BYTES];
    const struct progress p = {
        .verb = "a word that is much longer than anybody would ever write there",
        .unit = "a unit that is much longer than anybody would ever write there"};
    progress_line(line, &p, 1000, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX);
    assert_non_null(memchr(line, '\0', sizeof line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line),
        cmocka_unit_test(without_a_unit_it_says_only_how_far),
        cmocka_unit_test(what_was_done_before_is_no_part_of_the_rate),
        cmocka_unit_test(long_words_and_large_numbers_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
