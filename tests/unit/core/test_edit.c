/* SPDX-License-Identifier: ISC */
/* test_edit: the three bytes of PROTOCOL.md, both ways, and the range check. */
#include "cmocka_all.h"
#include "core/edit.h"

/* The table of PROTOCOL.md, "The edit", written down a second time. */
static void bytes_are_as_the_protocol_says(void **state)
{
    for (uint32_t x = 0; x < 1024; x += 11) {
        for (uint32_t y = 0; y < 1024; y += 13) {
            for (uint32_t colour = 0; colour < CANVAS_COLOURS; colour++) {
                uint8_t bytes[EDIT_BYTES];
                edit_store(bytes, edit_pack(x, y, colour));
                assert_int_equal(bytes[0], x & 0xff);
                assert_int_equal(bytes[1], x >> 8 | (y & 0x3f) << 2);
                assert_int_equal(bytes[2], y >> 6 | colour << 4);
            }
        }
    }
}

static void known_edit(void **state)
{
    uint8_t bytes[EDIT_BYTES];
    edit_store(bytes, edit_pack(999, 999, 15));
    assert_int_equal(bytes[0], 0xe7);
    assert_int_equal(bytes[1], 0x9f);
    assert_int_equal(bytes[2], 0xff);
    edit_store(bytes, edit_pack(1, 2, 3));
    assert_int_equal(bytes[0], 0x01);
    assert_int_equal(bytes[1], 0x08);
    assert_int_equal(bytes[2], 0x30);
}

static void every_edit_comes_back(void **state)
{
    static const uint32_t edges[] = {0, 1, 63, 64, 255, 256, 511, 512, 767, 768, 998, 999, 1023};
    enum { N = sizeof edges / sizeof edges[0] };
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            for (uint32_t colour = 0; colour < CANVAS_COLOURS; colour++) {
                uint8_t bytes[EDIT_BYTES];
                edit_store(bytes, edit_pack(edges[i], edges[j], colour));
                uint32_t word = edit_load(bytes);
                assert_int_equal(edit_x(word), edges[i]);
                assert_int_equal(edit_y(word), edges[j]);
                assert_int_equal(edit_colour(word), colour);
            }
        }
    }
}

static void range_ends_at_999(void **state)
{
    assert_true(edit_in_range(edit_pack(0, 0, 0)));
    assert_true(edit_in_range(edit_pack(999, 999, 15)));
    assert_false(edit_in_range(edit_pack(1000, 0, 0)));
    assert_false(edit_in_range(edit_pack(0, 1000, 0)));
    assert_false(edit_in_range(edit_pack(1023, 1023, 15)));
}

static void one_bad_edit_spoils_a_run(void **state)
{
    enum { N = 100 };
    uint8_t bytes[N * EDIT_BYTES];
    for (size_t bad = 0; bad <= N; bad++) {
        for (size_t i = 0; i < N; i++)
            edit_store(bytes + EDIT_BYTES * i,
                       edit_pack(i == bad ? 1000 : 999, (uint32_t)i, (uint32_t)i % 16));
        assert_int_equal(edits_in_range(bytes, N), bad == N);
    }
    assert_true(edits_in_range(bytes, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_as_the_protocol_says), cmocka_unit_test(known_edit),
        cmocka_unit_test(every_edit_comes_back),          cmocka_unit_test(range_ends_at_999),
        cmocka_unit_test(one_bad_edit_spoils_a_run),
    };
    return cmocka_run_group_tests_name("edit", tests, NULL, NULL);
}
