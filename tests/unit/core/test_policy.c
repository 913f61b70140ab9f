/* SPDX-License-Identifier: ISC */
/* test_policy: the presets, and numbers of one's own. */
#include "cmocka_all.h"
#include "core/policy.h"

static void the_presets_are_as_documented(void **state)
{
    static const struct {
        const char *name;
        uint32_t capacity, blank, painted;
    } presets[] = {{"free", 0, 0, 0},
                   {"sephsplace", 10000, 400, 1000},
                   {"reddit", 300000, 300000, 300000},
                   {"charges", 600000, 30000, 30000},
                   {"pixelplanet", 60000, 4000, 7000},
                   {"pxls", 2880000, 60000, 60000}};
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        struct policy policy;
        assert_true(policy_parse(&policy, presets[i].name));
        assert_string_equal(policy.name, presets[i].name);
        assert_int_equal(policy.capacity, presets[i].capacity);
        assert_int_equal(policy.blank, presets[i].blank);
        assert_int_equal(policy.painted, presets[i].painted);
        assert_int_equal(policy_is_free(&policy), i == 0);
        uint64_t sum = 0;
        for (uint32_t k = 0; k < policy.n_curve; k++)
            sum += policy.curve[k];
        assert_true(policy.n_curve == 0 || sum == policy.capacity);
    }
}

static void numbers_of_ones_own_are_a_policy(void **state)
{
    struct policy policy;
    assert_true(policy_parse(&policy, "60000/0/7000"));
    assert_string_equal(policy.name, "custom");
    assert_int_equal(policy.capacity, 60000);
    assert_int_equal(policy.blank, 0);
    assert_int_equal(policy.painted, 7000);
    assert_int_equal(policy.n_curve, 0);
    assert_true(policy_parse(&policy, "86400000/86400000/86400000"));
    static const char *const bad[] = {"",
                                      "Free",
                                      "1/1",
                                      "1/1/1/1",
                                      "10/11/5",
                                      "10/5/11",
                                      "10/5/",
                                      "/5/5",
                                      "10//5",
                                      "10/5/0",
                                      "0/0/0",
                                      "-1/0/0",
                                      "1e3/1",
                                      "10/5/5 ",
                                      " 10/5/5",
                                      "86400001/1/1",
                                      "18446744073709551626/1/1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(policy_parse(&policy, bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_presets_are_as_documented),
        cmocka_unit_test(numbers_of_ones_own_are_a_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
