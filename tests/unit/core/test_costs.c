/* SPDX-License-Identifier: ISC */
/* test_costs: header `e`, written and read, and what is malformed. */
#include "cmocka_all.h"
#include "core/costs.h"

static void the_bytes_are_as_the_protocol_says(void **state)
{
    static const uint8_t expected[] = {1, 4, 3, 2, 1, 255, 255, 255, 255};
    static const uint32_t costs[] = {0x01020304, UINT32_MAX};
    uint8_t bytes[sizeof expected];
    assert_int_equal(costs_bytes(2), sizeof expected);
    for (size_t i = 0; i < 2; i++)
        costs_store_run(bytes, i, costs[i]);
    assert_memory_equal(bytes, expected, sizeof expected);
    struct span header = {bytes, sizeof bytes};
    assert_true(costs_good(header, 2));
    assert_int_equal(costs_of(header, 0), 0x01020304);
    assert_true(costs_of(header, 1) == UINT32_MAX);
}

static void a_header_of_another_length_or_version_does_not_count(void **state)
{
    uint8_t bytes[13] = {COSTS_VERSION};
    for (size_t len = 0; len <= sizeof bytes; len++)
        for (size_t runs = 0; runs < 5; runs++)
            assert_int_equal(costs_good((struct span){bytes, len}, runs),
                             runs > 0 && len == 1 + 4 * runs);
    assert_false(costs_good((struct span){NULL, 5}, 1));
    bytes[0] = 2;
    assert_false(costs_good((struct span){bytes, 5}, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_are_as_the_protocol_says),
        cmocka_unit_test(a_header_of_another_length_or_version_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
