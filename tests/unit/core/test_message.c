/* SPDX-License-Identifier: ISC */
/* Every message is the JSON that PROTOCOL.md promises, and fits its buffer at the largest values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/message.h"

static void expect(const struct message *message, const char *json)
{
    char text[MESSAGE_JSON_BYTES];
    size_t len = message_json(message, text);
    assert_int_equal(len, strlen(json));
    assert_memory_equal(text, json, len);
}

static void each_type_has_its_json(void **state)
{
    struct message hello = {.type = MESSAGE_HELLO,
                            .version = 7,
                            .energy = "free",
                            .online = 3,
                            .canvas = {-1, 12},
                            .open = true};
    expect(&hello,
           "{\"type\":\"hello\",\"protocol\":\"placed.1\",\"version\":7,\"energy\":{\"policy\":"
           "\"free\"},\"user\":null,\"readonly\":false,\"online\":3,\"genesis\":null,"
           "\"canvas\":[-1,12],\"open\":true}");
    hello.has_genesis = true;
    hello.open = false;
    for (uint8_t i = 0; i < GENESIS_BYTES; i++)
        hello.genesis[i] = (uint8_t)(i * 17);
    expect(&hello,
           "{\"type\":\"hello\",\"protocol\":\"placed.1\",\"version\":7,\"energy\":{\"policy\":"
           "\"free\"},\"user\":null,\"readonly\":false,\"online\":3,"
           "\"genesis\":\"00112233445566778899aabbccddeeff\",\"canvas\":[-1,12],\"open\":false}");
    expect(&(struct message){.type = MESSAGE_PLACED, .id = 4, .version = 9},
           "{\"type\":\"placed\",\"id\":4,\"version\":9}");
    expect(&(struct message){.type = MESSAGE_REFUSED, .id = 4, .reason = REFUSAL_BUSY},
           "{\"type\":\"refused\",\"id\":4,\"reason\":\"busy\",\"retry_ms\":1000}");
    expect(&(struct message){.type = MESSAGE_REFUSED, .id = 4, .reason = REFUSAL_LOCKED},
           "{\"type\":\"refused\",\"id\":4,\"reason\":\"locked\",\"retry_ms\":0}");
    expect(&(struct message){.type = MESSAGE_ENERGY, .energy = "free"},
           "{\"type\":\"energy\",\"policy\":\"free\"}");
    expect(&(struct message){.type = MESSAGE_ONLINE, .online = 12},
           "{\"type\":\"online\",\"count\":12}");
    expect(&(struct message){.type = MESSAGE_CHECKSUM, .version = 5, .checksum = 0xab},
           "{\"type\":\"checksum\",\"version\":5,\"sum\":\"00000000000000ab\"}");
    expect(&(struct message){.type = MESSAGE_RESET, .version = 5},
           "{\"type\":\"reset\",\"version\":5}");
    expect(&(struct message){.type = MESSAGE_NOTICE, .readonly = true},
           "{\"type\":\"notice\",\"readonly\":true}");
}

static void the_largest_values_fit(void **state)
{
    for (int type = MESSAGE_HELLO; type <= MESSAGE_NOTICE; type++) {
        struct message message = {.type = (enum message_type)type,
                                  .id = UINT32_MAX,
                                  .version = UINT64_MAX,
                                  .checksum = UINT64_MAX,
                                  .online = UINT64_MAX,
                                  .reason = REFUSAL_READONLY,
                                  .has_genesis = true,
                                  .canvas = {-1024, -1024},
                                  .energy = "sephsplace"};
        char text[MESSAGE_JSON_BYTES];
        size_t len = message_json(&message, text);
        assert_true(len < sizeof text);
        assert_int_equal(text[len - 1], '}');
    }
}

static void each_refusal_has_its_status(void **state)
{
    assert_int_equal(refusal_status(REFUSAL_RANGE), 400);
    assert_int_equal(refusal_status(REFUSAL_LOCKED), 403);
    assert_int_equal(refusal_status(REFUSAL_BUSY), 429);
    assert_int_equal(refusal_status(REFUSAL_READONLY), 503);
    assert_int_equal(refusal_status(REFUSAL_CLOSED), 503);
    assert_int_equal(refusal_status(REFUSAL_FAILED), 503);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_has_its_json),
        cmocka_unit_test(the_largest_values_fit),
        cmocka_unit_test(each_refusal_has_its_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
