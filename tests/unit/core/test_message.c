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
                            .energy = {.policy = "free"},
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
    expect(&(struct message){.type = MESSAGE_ENERGY, .energy = {.policy = "free"}},
           "{\"type\":\"energy\",\"policy\":\"free\"}");
    struct message_energy energy = {
        .policy = "sephsplace", .capacity = 10000, .blank = 400, .painted = 1000, .energy = -17};
    expect(&(struct message){.type = MESSAGE_ENERGY, .energy = energy},
           "{\"type\":\"energy\",\"policy\":\"sephsplace\",\"capacity\":10000,\"blank\":400,"
           "\"painted\":1000,\"energy\":-17}");
    energy.curve = (const uint32_t[]){60000, 300000};
    energy.n_curve = 2;
    expect(&(struct message){.type = MESSAGE_ENERGY, .energy = energy},
           "{\"type\":\"energy\",\"policy\":\"sephsplace\",\"capacity\":10000,\"blank\":400,"
           "\"painted\":1000,\"energy\":-17,\"curve\":[60000,300000]}");
    expect(&(struct message){.type = MESSAGE_RULES, .serial = 7, .open = true},
           "{\"type\":\"rules\",\"serial\":7,\"open\":true}");
    expect(&(struct message){.type = MESSAGE_ONLINE, .online = 12},
           "{\"type\":\"online\",\"count\":12}");
    expect(&(struct message){.type = MESSAGE_CHECKSUM, .version = 5, .checksum = 0xab},
           "{\"type\":\"checksum\",\"version\":5,\"sum\":\"00000000000000ab\"}");
    expect(&(struct message){.type = MESSAGE_RESET, .version = 5},
           "{\"type\":\"reset\",\"version\":5}");
    expect(&(struct message){.type = MESSAGE_NOTICE, .readonly = true},
           "{\"type\":\"notice\",\"readonly\":true}");
}

static void a_refusal_says_when_until_and_why(void **state)
{
    struct message refused = {.type = MESSAGE_REFUSED,
                              .id = 4,
                              .reason = REFUSAL_BANNED,
                              .until_ms = 1700000000123,
                              .words = "swastikas"};
    expect(&refused,
           "{\"type\":\"refused\",\"id\":4,\"reason\":\"banned\",\"retry_ms\":0,"
           "\"until\":1700000000123,\"words\":\"swastikas\"}");
    refused.words = "";
    refused.until_ms = 0;
    refused.reason = REFUSAL_ENERGY;
    refused.retry_ms = 812;
    expect(&refused, "{\"type\":\"refused\",\"id\":4,\"reason\":\"energy\",\"retry_ms\":812}");
    char text[MESSAGE_JSON_BYTES];
    static const char error[] =
        "{\"error\":\"energy\",\"retry_ms\":812,\"until\":5,\"words\":\"\\\"\"}";
    refused.until_ms = 5;
    refused.words = "\"";
    assert_int_equal(message_error_json(&refused, text), sizeof error - 1);
    assert_memory_equal(text, error, sizeof error - 1);
    refused.until_ms = 0;
    refused.words = NULL;
    refused.reason = REFUSAL_BUSY;
    expect(&refused, "{\"type\":\"refused\",\"id\":4,\"reason\":\"busy\",\"retry_ms\":812}");
}

/* What comes of words as the JSON of a refusal. */
static void expect_words(const char *words, const char *json)
{
    static const char before[] =
        "{\"type\":\"refused\",\"id\":0,\"reason\":\"range\",\"retry_ms\":0,\"words\":\"";
    struct message refused = {.type = MESSAGE_REFUSED, .words = words};
    char text[MESSAGE_JSON_BYTES];
    size_t len = message_json(&refused, text);
    assert_memory_equal(text, before, sizeof before - 1);
    assert_int_equal(len, sizeof before - 1 + strlen(json) + 2);
    assert_memory_equal(text + sizeof before - 1, json, strlen(json));
    assert_memory_equal(text + len - 2, "\"}", 2);
}

static void words_are_escaped_and_always_utf8(void **state)
{
    expect_words("a \"quote\" and \\", "a \\\"quote\\\" and \\\\");
    expect_words("\n\x01\x7f", "\\u000a\\u0001\\u007f");
    expect_words("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
                 "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80");
    expect_words("\xff", "\xef\xbf\xbd");
    expect_words("\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd");                 /* overlong */
    expect_words("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* a surrogate */
    expect_words("\xf4\x90\x80\x80",
                 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* above the last */
    expect_words("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd");             /* cut off */
    expect_words("\xc3x", "\xef\xbf\xbdx");
    /* Longer ones are cut, so that they fit. */
    char words[200], json[6 * MESSAGE_WORDS_MAX + 1] = "";
    memset(words, '\x01', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    for (size_t i = 0; i < MESSAGE_WORDS_MAX; i++)
        strcat(json, "\\u0001");
    expect_words(words, json);
}

static void the_largest_values_fit(void **state)
{
    uint32_t curve[MESSAGE_CURVE_MAX];
    char words[MESSAGE_WORDS_MAX + 1];
    memset(curve, 0xff, sizeof curve);
    memset(words, '\x02', sizeof words);
    words[MESSAGE_WORDS_MAX] = '\0';
    for (int type = MESSAGE_HELLO; type <= MESSAGE_RULES; type++) {
        struct message message = {.type = (enum message_type)type,
                                  .id = UINT32_MAX,
                                  .version = UINT64_MAX,
                                  .checksum = UINT64_MAX,
                                  .online = UINT64_MAX,
                                  .reason = REFUSAL_READONLY,
                                  .has_genesis = true,
                                  .canvas = {-1024, -1024},
                                  .retry_ms = UINT64_MAX,
                                  .until_ms = INT64_MAX,
                                  .serial = UINT64_MAX,
                                  .words = words,
                                  .user = "0123456789012345678901234567890",
                                  .energy = {.policy = "0123456789abcde",
                                             .capacity = UINT32_MAX,
                                             .blank = UINT32_MAX,
                                             .painted = UINT32_MAX,
                                             .energy = INT64_MIN,
                                             .curve = curve,
                                             .n_curve = MESSAGE_CURVE_MAX}};
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
    assert_int_equal(refusal_status(REFUSAL_ENERGY), 429);
    assert_int_equal(refusal_status(REFUSAL_NETWORK), 429);
    assert_int_equal(refusal_status(REFUSAL_RATE), 429);
    assert_int_equal(refusal_status(REFUSAL_BANNED), 403);
    assert_int_equal(refusal_status(REFUSAL_AREA), 403);
    assert_int_equal(refusal_status(REFUSAL_COLOUR), 403);
    assert_int_equal(refusal_status(REFUSAL_FROZEN), 403);
    assert_int_equal(refusal_status(REFUSAL_IDENTITY), 401);
    assert_int_equal(refusal_status(REFUSAL_YOUNG), 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_type_has_its_json),
        cmocka_unit_test(a_refusal_says_when_until_and_why),
        cmocka_unit_test(words_are_escaped_and_always_utf8),
        cmocka_unit_test(the_largest_values_fit),
        cmocka_unit_test(each_refusal_has_its_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
