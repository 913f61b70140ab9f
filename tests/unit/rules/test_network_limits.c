/* SPDX-License-Identifier: ISC */
/* test_network_limits: a network draws several times what an author may, and not more. */
#include "cmocka_all.h"
#include "rules/network_limits.h"

enum { CAPACITY = 10000, FACTOR = 16 };

static const uint64_t narrow[VISITOR_NETWORKS] = {11};

/* Edits of that cost until one is refused; and when it would not be. */
static unsigned draw(struct network_limits *limits, const uint64_t networks[VISITOR_NETWORKS],
                     uint32_t cost, int64_t now_ms, uint64_t *retry_ms)
{
    unsigned n = 0;
    while (network_limits_take(limits, networks, cost, now_ms, retry_ms))
        assert_true(++n < 100000);
    return n;
}

static void a_network_draws_as_often_as_that_many_authors(void **state)
{
    struct network_limits *limits = network_limits_create(CAPACITY, FACTOR);
    uint64_t retry_ms;
    assert_int_equal(draw(limits, narrow, 400, 1000, &retry_ms), 25 * FACTOR);
    assert_int_equal(retry_ms, 25); /* 400 / 16 */
    assert_false(network_limits_take(limits, narrow, 400, 1024, &retry_ms));
    assert_int_equal(retry_ms, 1);
    assert_true(network_limits_take(limits, narrow, 400, 1025, &retry_ms));
    assert_int_equal(draw(limits, (const uint64_t[]){12, 0, 0}, 400, 1025, &retry_ms), 25 * FACTOR);
    network_limits_destroy(limits);
}

static void wider_networks_may_draw_more(void **state)
{
    struct network_limits *limits = network_limits_create(CAPACITY, 1);
    uint64_t retry_ms;
    unsigned n = 0;
    for (uint64_t i = 0; i < 100; i++) /* narrow ones within one that is four times as wide */
        n += draw(limits, (const uint64_t[]){100 + i, 50, 0}, 1000, 1000, &retry_ms);
    assert_int_equal(n, 40);
    for (uint64_t i = 0; i < 100; i++)
        n += draw(limits, (const uint64_t[]){300 + i, 0, 60}, 1000, 1000, &retry_ms);
    assert_int_equal(n, 40 + 160);
    /* What the wide one refused was not accounted to the narrow one. */
    assert_int_equal(draw(limits, (const uint64_t[]){199, 0, 0}, 1000, 1000, &retry_ms), 10);
    network_limits_destroy(limits);
}

static void what_was_not_made_is_given_back(void **state)
{
    struct network_limits *limits = network_limits_create(CAPACITY, FACTOR);
    const uint64_t all[VISITOR_NETWORKS] = {1, 2, 3};
    uint64_t retry_ms;
    unsigned n = draw(limits, all, 400, 5000, &retry_ms);
    assert_int_equal(n, 25 * FACTOR);
    for (unsigned i = 0; i < n; i++)
        network_limits_give_back(limits, all, 400);
    assert_int_equal(draw(limits, all, 400, 5000, &retry_ms), n);
    network_limits_destroy(limits);
}

static void no_network_no_limit_and_a_clock_that_goes_back_locks_nobody_out(void **state)
{
    struct network_limits *limits = network_limits_create(CAPACITY, FACTOR);
    uint64_t retry_ms;
    for (int i = 0; i < 10000; i++)
        assert_true(
            network_limits_take(limits, (const uint64_t[]){0, 0, 0}, 10000, 1000, &retry_ms));
    assert_int_equal(draw(limits, narrow, 400, 1000000000000, &retry_ms), 25 * FACTOR);
    assert_int_equal(draw(limits, narrow, 400, 1000000, &retry_ms), 25 * FACTOR);
    network_limits_destroy(limits);
}

static void its_memory_is_bounded(void **state)
{
    struct network_limits *limits = network_limits_create(CAPACITY, FACTOR);
    uint64_t retry_ms;
    for (uint64_t i = 1; i <= 3000000; i++) /* a third of them find room */
        assert_true(network_limits_take(limits, (const uint64_t[]){i * 0x9e3779b97f4a7c15, 0, 0},
                                        400, 1000, &retry_ms));
    assert_int_equal(draw(limits, narrow, 400, 1000, &retry_ms), 25 * FACTOR);
    network_limits_destroy(limits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_draws_as_often_as_that_many_authors),
        cmocka_unit_test(wider_networks_may_draw_more),
        cmocka_unit_test(what_was_not_made_is_given_back),
        cmocka_unit_test(no_network_no_limit_and_a_clock_that_goes_back_locks_nobody_out),
        cmocka_unit_test(its_memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
