/* SPDX-License-Identifier: ISC */
/* A pool rests when its program is broken, and not when one job is. */
#include "cmocka_all.h"

#include "render/farm/breaker.h"

static void test_one_poisonous_job_does_not_trip_it(void **state)
{
    struct breaker breaker = {0};
    for (int i = 0; i < 100; i++)
        assert_false(breaker_failure(&breaker, 1 + i % 2, BREAKER_LATE, 10000, i));
    assert_int_equal(breaker_state(&breaker, 100), BREAKER_CLOSED);
}

static void test_different_jobs_trip_it_by_their_weight(void **state)
{
    static const unsigned weights[] = {BREAKER_SAID, BREAKER_LOST, BREAKER_LATE};
    for (int kind = 0; kind < 3; kind++) {
        struct breaker breaker = {0};
        unsigned failures = 0;
        do
            failures++;
        while (!breaker_failure(&breaker, failures, weights[kind], 10, 5));
        assert_int_equal(failures, BREAKER_WEIGHT / weights[kind]);
        assert_int_equal(breaker_state(&breaker, 5), BREAKER_RESTING);
        assert_false(breaker_failure(&breaker, 99, BREAKER_LATE, 10, 6)); /* trips once */
    }
}

static void test_a_success_between_them_starts_anew(void **state)
{
    struct breaker breaker = {0};
    for (unsigned i = 0; i < 1000; i++) {
        if (i % 11 == 10)
            breaker_success(&breaker);
        assert_false(breaker_failure(&breaker, i, BREAKER_SAID, 10, i));
    }
}

static void test_it_rests_by_what_an_attempt_costs(void **state)
{
    static const struct {
        int64_t took_ms, rest_ms;
    } rows[] = {{0, 1000},     {50, 1000},    {100, 2000},
                {2999, 59980}, {3000, 60000}, {INT64_MAX, 60000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct breaker breaker = {0};
        breaker_rest(&breaker, rows[i].took_ms, 100);
        assert_int_equal(breaker_state(&breaker, 100 + rows[i].rest_ms - 1), BREAKER_RESTING);
        assert_int_equal(breaker_state(&breaker, 100 + rows[i].rest_ms), BREAKER_PROBE);
        breaker_success(&breaker);
        assert_int_equal(breaker_state(&breaker, 100), BREAKER_CLOSED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_poisonous_job_does_not_trip_it),
        cmocka_unit_test(test_different_jobs_trip_it_by_their_weight),
        cmocka_unit_test(test_a_success_between_them_starts_anew),
        cmocka_unit_test(test_it_rests_by_what_an_attempt_costs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
