/* SPDX-License-Identifier: ISC */
/* Client frames are masked and have RFC 6455's lengths; no impossible server frame passes. */
#include <stdio.h>
#include <string.h>

#include "cmocka_all.h"
#include "wire.h"

static void edits_become_one_masked_frame(void **state)
{
    uint8_t out[WIRE_MESSAGE_MAX];
    uint32_t words[WIRE_EDITS_MAX] = {0x030201, 0x060504};
    assert_int_equal(wire_edits(out, 0x11223344, words, 2), 6 + 4 + 6);
    const uint8_t expected[] = {0x82, 0x80 | 10, 0, 0, 0, 0, 0x44, 0x33,
                                0x22, 0x11,      1, 2, 3, 4, 5,    6};
    assert_memory_equal(out, expected, sizeof expected);

    assert_int_equal(wire_edits(out, 1, words, WIRE_EDITS_MAX), WIRE_MESSAGE_MAX);
    const uint8_t long_head[] = {0x82, 0x80 | 126, 772 >> 8, 772 & 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1};
    assert_memory_equal(out, long_head, sizeof long_head);
}

static void a_control_frame_carries_its_payload(void **state)
{
    uint8_t out[WIRE_HEAD_MAX + 3];
    assert_int_equal(wire_frame(out, WIRE_PONG, "abc", 3), 9);
    assert_memory_equal(out, "\x8a\x83\0\0\0\0abc", 9);
    assert_int_equal(wire_frame(out, WIRE_CLOSE, NULL, 0), 6);
}

static enum wire_parse parse(const char *bytes, size_t len, struct wire_head *head)
{
    return wire_head((const uint8_t *)bytes, len, head);
}

static void heads_of_all_lengths_are_read(void **state)
{
    struct wire_head head;
    assert_int_equal(parse("\x82\x05", 2, &head), WIRE_OK);
    assert_true(head.fin && head.opcode == WIRE_BINARY && head.len == 5 && head.head_len == 2);
    assert_int_equal(parse("\x01\x7e\x01\x02", 4, &head), WIRE_OK);
    assert_true(!head.fin && head.opcode == WIRE_TEXT && head.len == 0x102 && head.head_len == 4);
    assert_int_equal(parse("\x82\x7f\0\0\0\0\0\1\0\0", 10, &head), WIRE_OK);
    assert_true(head.len == 65536 && head.head_len == 10);
    for (size_t len = 0; len < 10; len++)
        assert_int_equal(parse("\x82\x7f\0\0\0\0\0\1\0\0", len, &head), WIRE_MORE);
}

static void impossible_heads_are_refused(void **state)
{
    struct wire_head head;
    static const char *const bad[] = {
        "\xc2\x01",                   /* reserved bit */
        "\x83\x01",                   /* unknown opcode */
        "\x8b\x01",                   /* unknown control opcode */
        "\x82\x81",                   /* masked */
        "\x09\x01",                   /* a ping in fragments */
        "\x89\x7e",                   /* a long ping */
        "\x82\x7f\x80\0\0\0\0\0\0\0", /* 2^63 bytes */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(parse(bad[i], i == 6 ? 10 : 2, &head), WIRE_BAD);
}

static void the_upgrade_is_asked_for_and_answered(void **state)
{
    char out[1024];
    uint64_t from = 18446744073709551615u;
    size_t len = wire_upgrade(out, sizeof out, "h:1", "/ws", "Cookie: a=b\r\n", &from);
    assert_int_equal(len, strlen(out));
    assert_ptr_equal(strstr(out, "GET /ws?from=18446744073709551615 HTTP/1.1\r\nHost: h:1\r\n"),
                     out);
    assert_non_null(strstr(out, "\r\nCookie: a=b\r\n"));
    assert_string_equal(out + len - 4, "\r\n\r\n");
    len = wire_upgrade(out, sizeof out, "h:1", "/ws", "", NULL);
    assert_int_equal(len, strlen(out));
    assert_ptr_equal(strstr(out, "GET /ws HTTP/1.1\r\n"), out);
    assert_int_equal(wire_upgrade(out, 100, "h:1", "/ws", "", NULL), 0);

    const char *good =
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n"
        "sec-websocket-accept:  s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\x02{}";
    size_t used;
    int status;
    assert_int_equal(wire_upgraded((const uint8_t *)good, strlen(good), &used, &status),
                     WIRE_UPGRADED);
    assert_int_equal(used, strlen(good) - 4);
    for (size_t i = 0; i + 4 < strlen(good); i++)
        assert_int_equal(wire_upgraded((const uint8_t *)good, i, &used, &status), WIRE_UNFINISHED);
    const char *full = "HTTP/1.1 503 Busy\r\n\r\n";
    assert_int_equal(wire_upgraded((const uint8_t *)full, strlen(full), &used, &status),
                     WIRE_REFUSED);
    assert_int_equal(status, 503);
    const char *liar = "HTTP/1.1 101 Sure\r\nSec-WebSocket-Accept: x\r\n\r\n";
    assert_int_equal(wire_upgraded((const uint8_t *)liar, strlen(liar), &used, &status),
                     WIRE_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_become_one_masked_frame),
        cmocka_unit_test(a_control_frame_carries_its_payload),
        cmocka_unit_test(heads_of_all_lengths_are_read),
        cmocka_unit_test(impossible_heads_are_refused),
        cmocka_unit_test(the_upgrade_is_asked_for_and_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
