/* SPDX-License-Identifier: ISC */
/* How many new identities a network gets. */
#include "cmocka_all.h"

#include "identity/issuing.h"

enum { HOUR_MS = 3600 * 1000 };

static struct issuing *issuing;

static bool take(uint64_t narrow, uint64_t wide, uint64_t widest, int64_t now_ms, uint64_t *retry)
{
    const uint64_t networks[VISITOR_NETWORKS] = {narrow, wide, widest};
    return issuing_take(issuing, networks, now_ms, retry);
}

static void an_hour_at_once_and_then_by_and_by(void **state)
{
    uint64_t retry;
    int64_t now = 1000000;
    issuing = issuing_create(60);
    for (unsigned i = 0; i < 60; i++)
        assert_true(take(5, 0, 0, now, &retry));
    assert_false(take(5, 0, 0, now, &retry));
    assert_int_equal(retry, 60000);
    assert_false(take(5, 0, 0, now + 59999, &retry));
    assert_int_equal(retry, 1);
    assert_true(take(5, 0, 0, now + 60000, &retry)); /* exact */
    assert_false(take(5, 0, 0, now + 60000, &retry));
    assert_true(take(6, 0, 0, now, &retry)); /* another network has its own */
    unsigned taken = 0;
    for (int64_t t = now + 60000; t <= now + 60000 + 10 * HOUR_MS; t += 1000)
        taken += take(5, 0, 0, t, &retry);
    assert_int_equal(taken, 600);
    issuing_destroy(issuing);
}

static void moving_within_a_wide_network_does_not_help(void **state)
{
    uint64_t retry;
    unsigned taken = 0;
    issuing = issuing_create(10);
    for (uint64_t i = 0; i < 1000; i++) /* another /64 every time, of one /56 */
        taken += take(1000 + i, 2, 3, 5000, &retry);
    assert_int_equal(taken, 40);
    for (uint64_t i = 0; i < 1000; i++) /* another /56 every time, of one /48 */
        taken += take(5000 + i, 7000 + i, 3, 5000, &retry);
    assert_int_equal(taken, 160);
    assert_true(retry > 0);
    /* Who was refused because of the /48 has taken nothing of the others. */
    assert_true(take(5999, 7999, 0, 5000, &retry));
    issuing_destroy(issuing);
}

static void a_clock_that_is_set_back_closes_nobody_out(void **state)
{
    uint64_t retry;
    int64_t now = 10 * (int64_t)HOUR_MS;
    issuing = issuing_create(60);
    for (unsigned i = 0; i < 61; i++)
        (void)take(5, 0, 0, now, &retry);
    assert_false(take(5, 0, 0, now - 5 * HOUR_MS, &retry));
    assert_true(retry <= 60000);
    assert_true(take(5, 0, 0, now - 5 * HOUR_MS + 60000, &retry));
    issuing_destroy(issuing);
}

static void zero_is_any_number(void **state)
{
    uint64_t retry;
    issuing = issuing_create(0);
    for (unsigned i = 0; i < 100000; i++)
        assert_true(take(5, 6, 7, 1000, &retry));
    issuing_destroy(issuing);
}

/* More networks than there is room for: those that are new get their share all the same. */
static void a_full_table_goes_on(void **state)
{
    uint64_t retry;
    issuing = issuing_create(2);
    for (uint64_t i = 1; i <= 300000; i++)
        assert_true(take(i * UINT64_C(0x9e3779b97f4a7c15), 0, 0, 1000, &retry));
    assert_true(take(5, 0, 0, 1000, &retry));
    assert_true(take(5, 0, 0, 1000, &retry));
    assert_false(take(5, 0, 0, 1000, &retry));
    issuing_destroy(issuing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_hour_at_once_and_then_by_and_by),
        cmocka_unit_test(moving_within_a_wide_network_does_not_help),
        cmocka_unit_test(a_clock_that_is_set_back_closes_nobody_out),
        cmocka_unit_test(zero_is_any_number),
        cmocka_unit_test(a_full_table_goes_on),
    };
    return cmocka_run_group_tests_name("identity issuing", tests, NULL, NULL);
}
