/* SPDX-License-Identifier: ISC */
/* What the server says is understood, however it is spaced; nonsense is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/message.h"
#include "said.h"

static bool parse(const char *text, struct said *said)
{
    /* A copy of exactly this length, so that a sanitizer sees a byte too far. */
    size_t len = strlen(text);
    char *copy = malloc(len ? len : 1);
    memcpy(copy, text, len);
    bool result = said_parse(copy, len, said);
    free(copy);
    return result;
}

static void the_servers_own_words_are_understood(void **state)
{
    struct said said;
    char json[MESSAGE_JSON_BYTES];
    struct message message = {
        .type = MESSAGE_HELLO, .version = 12345678901, .energy.policy = "free"};
    assert_true(said_parse(json, message_json(&message, json), &said));
    assert_true(said.type == SAID_HELLO && said.has_version && said.version == 12345678901);
    message = (struct message){.type = MESSAGE_PLACED, .id = 4294967295, .version = 7};
    assert_true(said_parse(json, message_json(&message, json), &said));
    assert_true(said.type == SAID_PLACED && said.id == 4294967295 && said.version == 7);
    message = (struct message){.type = MESSAGE_REFUSED, .id = 3, .reason = REFUSAL_BUSY};
    assert_true(said_parse(json, message_json(&message, json), &said));
    assert_true(said.type == SAID_REFUSED && said.id == 3 && said.retry_ms == 1000);
    assert_string_equal(said.reason, "busy");
    message = (struct message){.type = MESSAGE_CHECKSUM, .version = 9, .checksum = 0xfedc};
    assert_true(said_parse(json, message_json(&message, json), &said));
    assert_true(said.type == SAID_CHECKSUM && said.has_sum && said.sum == 0xfedc);
    message = (struct message){.type = MESSAGE_ONLINE, .online = 9};
    assert_true(said_parse(json, message_json(&message, json), &said));
    assert_int_equal(said.type, SAID_OTHER);
}

static void blanks_and_unknown_members_do_not_matter(void **state)
{
    struct said said;
    assert_true(
        parse(" { \"x\" : [1, {\"type\": \"no\"}, \"}\\\"\"], \"n\": -1.5e3, \"t\": null,\n"
              "\"type\" : \"placed\" , \"version\" : 8 , \"id\" : 2 } ",
              &said));
    assert_true(said.type == SAID_PLACED && said.version == 8 && said.id == 2);
}

static void the_genesis_of_the_log_is_understood(void **state)
{
    struct said said;
    assert_true(parse("{\"type\":\"hello\",\"version\":0}", &said));
    assert_false(said.has_genesis);
    assert_true(parse("{\"type\":\"hello\",\"version\":0,\"genesis\":null}", &said));
    assert_true(said.has_genesis);
    assert_string_equal(said.genesis, "");
    assert_true(
        parse("{\"type\":\"hello\",\"version\":9,"
              "\"genesis\":\"00112233445566778899aabbccddeeff\"}",
              &said));
    assert_true(said.has_genesis);
    assert_string_equal(said.genesis, "00112233445566778899aabbccddeeff");
}

static void only_whole_numbers_are_versions(void **state)
{
    struct said said;
    assert_true(parse("{\"type\":\"placed\",\"id\":0,\"version\":9007199254740992}", &said));
    assert_true(said.has_id && said.id == 0);
    assert_true(said.has_version && said.version == 9007199254740992);
    static const char *const bad[] = {"-1", "1.5", "1e300", "\"7\"", "null", "9007199254740994"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[128];
        snprintf(text, sizeof text, "{\"type\":\"hello\",\"version\":%s}", bad[i]);
        assert_true(parse(text, &said));
        assert_false(said.has_version);
    }
}

static void nonsense_is_not_understood(void **state)
{
    struct said said;
    static const char *const bad[] = {
        "",
        "{",
        "{}",
        "[]",
        "{\"type\"",
        "{\"type\":",
        "{\"type\":\"",
        "{\"type\":\"hello\"",
        "{\"type\":\"hello\",",
        "{\"type\":\"hello\",}",
        "{\"version\":1}",
        "hello",
        "{\"a\":[}",
        "{\"type\":\"he\\",
        "{\"type\":\"hello\" 1}x{",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad - 1; i++)
        assert_false(parse(bad[i], &said));
}

static void no_cut_or_changed_byte_reads_too_far(void **state)
{
    struct said said;
    const char *good =
        "{\"type\":\"refused\",\"id\":3,\"reason\":\"a reason that is too long\","
        "\"sum\":\"00000000000000ff\",\"retry_ms\":0,\"more\":[{\"a\":\"b\"},2]}";
    char text[256];
    for (size_t len = 0; len < strlen(good); len++) {
        memcpy(text, good, len);
        text[len] = '\0';
        assert_false(parse(text, &said));
    }
    for (size_t i = 0; i < strlen(good); i++) {
        for (int c = 1; c < 256; c++) {
            strcpy(text, good);
            text[i] = (char)c;
            parse(text, &said);
        }
    }
    assert_true(parse(good, &said));
    assert_int_equal(strlen(said.reason), SAID_REASON_BYTES - 1);
    assert_int_equal(said.sum, 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_servers_own_words_are_understood),
        cmocka_unit_test(blanks_and_unknown_members_do_not_matter),
        cmocka_unit_test(the_genesis_of_the_log_is_understood),
        cmocka_unit_test(only_whole_numbers_are_versions),
        cmocka_unit_test(nonsense_is_not_understood),
        cmocka_unit_test(no_cut_or_changed_byte_reads_too_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
