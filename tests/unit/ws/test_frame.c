/* SPDX-License-Identifier: ISC */
/* The frames of RFC 6455, by example. */
#include "cmocka_all.h"

#include <string.h>

#include "ws/frame.h"

static void a_header_has_the_shortest_length(void **state)
{
    static const struct {
        size_t len, header_len;
        uint8_t header[10];
    } good[] = {
        {0, 2, {0x82, 0}},
        {125, 2, {0x82, 125}},
        {126, 4, {0x82, 126, 0, 126}},
        {65535, 4, {0x82, 126, 0xff, 0xff}},
        {65536, 10, {0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        uint8_t header[FRAME_HEADER_OURS_MAX];
        assert_int_equal(frame_header(header, FRAME_BINARY, good[i].len), good[i].header_len);
        assert_memory_equal(header, good[i].header, good[i].header_len);
    }
}

/* The header of a frame of len bytes, `form` bytes long without its mask, right before the end. */
static const uint8_t *header(uint8_t *buffer, size_t form, bool mask, unsigned first, uint64_t len)
{
    uint8_t *at = buffer + 32 - form - (mask ? 4 : 0);
    at[0] = (uint8_t)first;
    at[1] = (uint8_t)((form == 2 ? len : form == 4 ? 126 : 127) | (mask ? 0x80 : 0));
    for (size_t i = 2; i < form; i++)
        at[i] = (uint8_t)(len >> 8 * (form - 1 - i));
    return buffer + 32;
}

static void a_frame_without_a_mask_is_recognised(void **state)
{
    static const struct {
        size_t form;
        uint64_t len;
    } frames[] = {{2, 1}, {2, 125}, {4, 125}, {4, 126}, {4, 772}, {10, 772}, {10, 1ull << 40}};
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        uint8_t buffer[32] = {0};
        uint64_t len = frames[i].len;
        assert_true(frame_unmasked(header(buffer, frames[i].form, false, 0x82, len), len, 2));
        assert_false(frame_unmasked(buffer + 32, len, 1));
        assert_false(frame_unmasked(buffer + 32, len + 1, 2));
        memset(buffer, 0, sizeof buffer);
        /* Not final, and of the other opcode. */
        assert_true(frame_unmasked(header(buffer, frames[i].form, false, 0x01, len), len, 1));
    }
}

static void a_mask_that_looks_like_a_header_is_none(void **state)
{
    uint8_t buffer[32] = {0};
    const uint8_t *end = header(buffer, 2, true, 0x82, 7);
    memcpy(buffer + 28, "\x82\x07\x82\x07", 4);
    assert_false(frame_unmasked(end, 7, 2));
    memset(buffer, 0, sizeof buffer);
    end = header(buffer, 4, true, 0x82, 772);
    memcpy(buffer + 28, "\x82\x7e\x03\x04", 4);
    assert_false(frame_unmasked(end, 772, 2));
}

static void a_header_that_came_before_is_not_guessed(void **state)
{
    uint8_t buffer[32] = {0};
    assert_false(frame_unmasked(buffer + 32, 7, 2));
    memset(buffer, 0xff, sizeof buffer);
    assert_false(frame_unmasked(buffer + 32, 7, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_has_the_shortest_length),
        cmocka_unit_test(a_frame_without_a_mask_is_recognised),
        cmocka_unit_test(a_mask_that_looks_like_a_header_is_none),
        cmocka_unit_test(a_header_that_came_before_is_not_guessed),
    };
    return cmocka_run_group_tests_name("ws frame", tests, NULL, NULL);
}
