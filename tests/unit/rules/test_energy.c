/* SPDX-License-Identifier: ISC */
/* test_energy: what a message takes, and exactly when there is enough. */
#include "cmocka_all.h"
#include "rules/energy.h"

static struct policy policy_of(const char *name)
{
    struct policy policy;
    assert_true(policy_parse(&policy, name));
    return policy;
}

static struct price price_of(const struct policy *policy, size_t n, bool blank, uint64_t percent)
{
    struct price price = {0};
    for (size_t i = 0; i < n; i++)
        energy_add(policy, &price, blank, percent);
    return price;
}

static void expect_taken(const struct policy *policy, struct price price, int64_t available,
                         uint32_t expected)
{
    uint32_t cost;
    uint64_t retry_ms;
    assert_true(energy_take(policy, &price, available, &cost, &retry_ms));
    assert_int_equal(cost, expected);
}

static void expect_refused(const struct policy *policy, struct price price, int64_t available,
                           uint64_t expected)
{
    uint32_t cost;
    uint64_t retry_ms;
    assert_false(energy_take(policy, &price, available, &cost, &retry_ms));
    assert_int_equal(retry_ms, expected);
}

static void edits_cost_what_the_policy_says(void **state)
{
    struct policy policy = policy_of("sephsplace");
    expect_taken(&policy, price_of(&policy, 1, true, 100), 10000, 400);
    expect_taken(&policy, price_of(&policy, 1, false, 100), 10000, 1000);
    expect_taken(&policy, price_of(&policy, 25, true, 100), 10000, 10000);
    expect_taken(&policy, price_of(&policy, 10, false, 100), 10000, 10000);
    expect_refused(&policy, price_of(&policy, 10, false, 100), 9999, 1);
    expect_refused(&policy, price_of(&policy, 1, true, 100), -3000, 3400);
    expect_refused(&policy, price_of(&policy, 11, false, 100), 10000, 0); /* never in one message */
}

static void a_factor_makes_edits_free_or_dearer(void **state)
{
    struct policy policy = policy_of("sephsplace");
    expect_taken(&policy, price_of(&policy, 256, false, 0), -5000, 0); /* also for who is in debt */
    expect_taken(&policy, price_of(&policy, 1, false, 50), 500, 500);
    expect_taken(&policy, price_of(&policy, 1, true, 333), 10000, 1332);
    expect_refused(&policy, price_of(&policy, 2, false, 300), 5999, 1);
    /* One that costs more than can be saved up needs a full charge and leaves a debt. */
    expect_taken(&policy, price_of(&policy, 1, false, 5000), 10000, 50000);
    expect_refused(&policy, price_of(&policy, 1, false, 5000), 9999, 1);
    expect_refused(&policy, price_of(&policy, 2, false, 5000), 10000, 0);
    /* But no debt that is not believed. */
    expect_taken(&policy, price_of(&policy, 1, false, UINT64_MAX), 10000,
                 10000 * (ENERGY_DEBT_MAX - 1));
}

static void a_curve_is_read_as_pixels(void **state)
{
    struct policy policy = policy_of("pxls");
    expect_refused(&policy, price_of(&policy, 1, true, 100), 59999, 1);
    expect_taken(&policy, price_of(&policy, 1, true, 100), 60000, 60000);
    /* Progress towards the second pixel is kept, but makes no pixel. */
    expect_taken(&policy, price_of(&policy, 1, true, 100), 60000 + 1000, 60000);
    expect_taken(&policy, price_of(&policy, 1, true, 100), 60000 + 299999, 60000 + 240000);
    /* With a full stack the last pixel was the dearest. */
    expect_taken(&policy, price_of(&policy, 1, true, 100), 2880000, 900000);
    expect_taken(&policy, price_of(&policy, 6, true, 100), 2880000, 2880000);
    expect_refused(&policy, price_of(&policy, 6, true, 100), 2879999, 1);
    expect_refused(&policy, price_of(&policy, 2, true, 100), 60000, 300000);
    expect_refused(&policy, price_of(&policy, 7, true, 100), 2880000, 0);
    expect_taken(&policy, price_of(&policy, 3, true, 0), -1, 0);
    expect_taken(&policy, price_of(&policy, 1, true, 50), 60000, 30000);
    expect_refused(&policy, price_of(&policy, 1, true, 50), 59999, 1);
}

/* Whoever has more can draw as many pixels at least, one after the other as in one message. */
static void more_energy_is_never_fewer_pixels(void **state)
{
    struct policy policy = policy_of("pxls");
    unsigned before = 0;
    for (int64_t energy = 0; energy <= policy.capacity; energy += 7919) {
        int64_t left = energy;
        unsigned single = 0, together = 0;
        uint32_t cost;
        uint64_t retry_ms;
        struct price one = price_of(&policy, 1, false, 100);
        while (energy_take(&policy, &one, left, &cost, &retry_ms)) {
            left -= cost;
            single++;
        }
        for (unsigned n = 1; n <= 7; n++) {
            struct price price = price_of(&policy, n, false, 100);
            if (energy_take(&policy, &price, energy, &cost, &retry_ms)) {
                together = n;
                assert_true(cost <= energy);
            } else if (retry_ms > 0) { /* exactly then */
                assert_true(energy_take(&policy, &price, energy + (int64_t)retry_ms, &cost,
                                        &(uint64_t){0}));
                assert_false(energy_take(&policy, &price, energy + (int64_t)retry_ms - 1, &cost,
                                         &(uint64_t){0}));
            }
        }
        assert_int_equal(single, together);
        assert_true(single >= before);
        before = single;
    }
    assert_int_equal(before, 5); /* the last step is not quite full */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_cost_what_the_policy_says),
        cmocka_unit_test(a_factor_makes_edits_free_or_dearer),
        cmocka_unit_test(a_curve_is_read_as_pixels),
        cmocka_unit_test(more_energy_is_never_fewer_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
