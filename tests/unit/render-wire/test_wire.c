/* SPDX-License-Identifier: ISC */
/* The messages between farm and children are the bytes that wire.h says, and nothing else is one.
 */
#include "cmocka_all.h"

#include <string.h>

#include "render/wire/wire.h"

static bool read_bytes(struct wire_message *message, const char *bytes, size_t len)
{
    return wire_read(message, (const uint8_t *)bytes, len);
}

/* A string literal with its length. */
#define PACKET(bytes) bytes, sizeof(bytes) - 1

static void test_messages_are_the_documented_bytes(void **state)
{
    static const struct {
        struct wire_message message;
        const char *packet;
        size_t len;
    } rows[] = {
        {{.type = WIRE_READY}, PACKET("\1")},
        {{.type = WIRE_TASK, .place = 63, .bytes = (const uint8_t *)"/a", .len = 2},
         PACKET("\2\x3f\0\0/a")},
        {{.type = WIRE_PIECE, .place = 9, .last = true, .bytes = (const uint8_t *)"x", .len = 1},
         PACKET("\3\x9\1\0x")},
        {{.type = WIRE_PIECE, .place = 0, .bytes = (const uint8_t *)"\0y", .len = 2},
         PACKET("\3\0\0\0\0y")},
        {{.type = WIRE_DONE, .cpu_us = 0x01020304}, PACKET("\4\0\0\0\4\3\2\1")},
        {{.type = WIRE_FAILED, .bytes = (const uint8_t *)"no", .len = 2}, PACKET("\5\0\0\0no")},
        {{.type = WIRE_FAILED}, PACKET("\5\0\0\0")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct wire_message *message = &rows[i].message;
        struct wire_message found;
        uint8_t head[WIRE_HEAD_MAX];
        size_t n = wire_head(message, head);
        assert_int_equal(n + message->len, rows[i].len);
        assert_memory_equal(head, rows[i].packet, n);
        assert_true(read_bytes(&found, rows[i].packet, rows[i].len));
        assert_int_equal(found.type, message->type);
        assert_int_equal(found.place, message->place);
        assert_int_equal(found.last, message->last);
        assert_int_equal(found.cpu_us, message->cpu_us);
        assert_int_equal(found.len, message->len);
        if (found.len > 0)
            assert_memory_equal(found.bytes, message->bytes, found.len);
    }
}

static void test_all_else_is_refused(void **state)
{
    static const struct {
        const char *packet;
        size_t len;
    } rows[] = {
        {PACKET("")},
        {PACKET("\0")},
        {PACKET("\6\0\0\0")},
        {PACKET("\1\0")},
        {PACKET("\2")},
        {PACKET("\2\0\0\0")},
        {PACKET("\2\x40\0\0/a")},
        {PACKET("\2\0\1\0/a")},
        {PACKET("\3\0\1\0")},
        {PACKET("\3\0\1\1x")},
        {PACKET("\3\0\2\0x")},
        {PACKET("\3\x40\1\0x")},
        {PACKET("\4\0\0\0")},
        {PACKET("\4\0\0\0\1\1\1")},
        {PACKET("\4\0\0\0\1\1\1\1\1")},
        {PACKET("\4\1\0\0\1\1\1\1")},
        {PACKET("\4\0\1\0\1\1\1\1")},
        {PACKET("\5\0\0")},
        {PACKET("\5\1\0\0")},
        {PACKET("\5\0\0\1")},
    };
    static uint8_t large[WIRE_PACKET_BYTES + 1] = {WIRE_PIECE};
    struct wire_message message;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(read_bytes(&message, rows[i].packet, rows[i].len));
    assert_true(wire_read(&message, large, WIRE_PACKET_BYTES));
    assert_false(wire_read(&message, large, WIRE_PACKET_BYTES + 1));
    large[0] = WIRE_FAILED;
    assert_true(wire_read(&message, large, WIRE_HEAD_BYTES + WIRE_REASON_MAX));
    assert_false(wire_read(&message, large, WIRE_HEAD_BYTES + WIRE_REASON_MAX + 1));
    large[0] = WIRE_TASK;
    assert_true(wire_read(&message, large, WIRE_HEAD_BYTES + 127));
    assert_false(wire_read(&message, large, WIRE_HEAD_BYTES + 128));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_are_the_documented_bytes),
        cmocka_unit_test(test_all_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
