/* SPDX-License-Identifier: ISC */
/* A percentile is right to 3 % whatever the values; merging is adding. */
#include "cmocka_all.h"
#include "histogram.h"

static struct histogram one, two;

static void begin(void)
{
    one = two = (struct histogram){0};
}

static void empty_is_zero(void **state)
{
    begin();
    assert_int_equal(histogram_at(&one, 0.5), 0);
    assert_true(histogram_mean(&one) == 0);
    histogram_add(&one, 5, 0);
    assert_int_equal(one.count, 0);
}

static void small_values_are_exact(void **state)
{
    begin();
    for (uint64_t v = 1; v <= 50; v++)
        histogram_add(&one, v, 2);
    assert_int_equal(histogram_at(&one, 0), 1);
    assert_int_equal(histogram_at(&one, 0.5), 25);
    assert_int_equal(histogram_at(&one, 0.99), 50);
    assert_int_equal(histogram_at(&one, 1), 50);
    assert_true(histogram_mean(&one) == 25.5);
}

static void every_value_lies_in_its_bucket_and_buckets_leave_no_gap(void **state)
{
    uint64_t expected = 0, low, high;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        histogram_bounds(i, &low, &high);
        assert_int_equal(low, expected);
        assert_true(high >= low);
        expected = high + 1;
        begin();
        histogram_add(&one, low, 1);
        histogram_add(&one, high, 1);
        assert_int_equal(one.buckets[i], 2);
    }
    assert_int_equal(expected, (uint64_t)1 << HISTOGRAM_MAX_LOG2);
}

static void percentiles_are_within_three_percent(void **state)
{
    begin();
    for (uint64_t v = 1; v <= 100000; v++)
        histogram_add(&one, v * 7, 1);
    for (unsigned share = 1; share <= 100; share++) {
        double exact = share * 7000.0, got = (double)histogram_at(&one, share / 100.0);
        assert_true(got >= exact * 0.999 && got <= exact * 1.035);
    }
    assert_int_equal(one.min, 7);
    assert_int_equal(one.max, 700000);
}

static void merging_is_adding(void **state)
{
    begin();
    for (uint64_t v = 0; v < 1000; v++) {
        histogram_add(v % 2 ? &one : &two, v * v, 3);
    }
    struct histogram both = {0}, all = {0};
    histogram_merge(&both, &one);
    histogram_merge(&both, &two);
    for (uint64_t v = 0; v < 1000; v++)
        histogram_add(&all, v * v, 3);
    assert_memory_equal(&both, &all, sizeof all);
}

static void a_value_beyond_all_bounds_counts_as_the_greatest(void **state)
{
    begin();
    histogram_add(&one, UINT64_MAX, 1);
    assert_int_equal(one.buckets[HISTOGRAM_BUCKETS - 1], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_is_zero),
        cmocka_unit_test(small_values_are_exact),
        cmocka_unit_test(every_value_lies_in_its_bucket_and_buckets_leave_no_gap),
        cmocka_unit_test(percentiles_are_within_three_percent),
        cmocka_unit_test(merging_is_adding),
        cmocka_unit_test(a_value_beyond_all_bounds_counts_as_the_greatest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
