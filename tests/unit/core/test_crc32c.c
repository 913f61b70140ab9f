/* SPDX-License-Identifier: ISC */
/* test_crc32c: known values, and that both ways of computing agree. */
#include "cmocka_all.h"

/* The source itself, to reach both ways; only one of them is taken on any one machine. */
#include "core/crc32c.c"

#include <stdio.h>

/* From RFC 3720, B.4, and the usual check value. */
static void known_values(void **state)
{
    uint8_t bytes[32];
    assert_int_equal(crc32c(0, "", 0), 0);
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(crc32c(0, bytes, sizeof bytes), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(crc32c(0, bytes, sizeof bytes), 0x62a8ab43);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = i;
    assert_int_equal(crc32c(0, bytes, sizeof bytes), 0x46dd794e);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = (uint8_t)(31 - i);
    assert_int_equal(crc32c(0, bytes, sizeof bytes), 0x113fdb5c);
}

static void pieces_give_the_whole(void **state)
{
    static const char text[] = "a CRC may be continued wherever it was left";
    uint32_t whole = crc32c(0, text, sizeof text);
    for (size_t i = 0; i <= sizeof text; i++)
        assert_int_equal(crc32c(crc32c(0, text, i), text + i, sizeof text - i), whole);
}

static void table_equals_instruction(void **state)
{
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("sse4.2")) {
        print_message("no SSE 4.2 here: nothing to compare\n");
        return;
    }
    uint8_t bytes[300];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (uint8_t)(seed >> 24);
    }
    for (size_t at = 0; at < 9; at++)
        for (size_t len = 0; len + at <= sizeof bytes; len++)
            assert_int_equal(by_table(seed, bytes + at, len),
                             by_instruction(seed, bytes + at, len));
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(pieces_give_the_whole),
        cmocka_unit_test(table_equals_instruction),
    };
    return cmocka_run_group_tests_name("crc32c", tests, NULL, NULL);
}
