/* SPDX-License-Identifier: ISC */
/* A record of the control log means one thing or nothing, whoever wrote it. */
#include "cmocka_all.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control_record.h"

static char wrong[CONTROL_WRONG_BYTES];

static enum control_understood read_text(struct control_record *record, const char *text)
{
    wrong[0] = '\0';
    return control_record_read(record, (const uint8_t *)text, strlen(text), wrong);
}

/* What comes of a text, and nothing else of it. */
static enum control_understood kind(const char *text)
{
    struct control_record record;
    enum control_understood understood = read_text(&record, text);
    control_record_finish(&record);
    return understood;
}

/* One that must be read; the caller finishes it. */
static struct control_record good(const char *text)
{
    struct control_record record;
    if (read_text(&record, text) != CONTROL_READ)
        fail_msg("%s: %s", text, wrong);
    return record;
}

static void what_is_no_record_is_garbage(void **state)
{
    static const char *const texts[] = {
        "",
        "   ",
        "null",
        "1",
        "\"ban\"",
        "[]",
        "{",
        "{}",
        "}{",
        "nonsense",
        "{\"v\":1,\"t\":\"rule\",\"name\":\"n\"} x",
        "{\"v\":1,\"t\":\"rule\",\"name\":\"n\"}{}",
        "{\"v\":1,\"name\":\"n\"}",
        "{\"v\":1,\"t\":5,\"name\":\"n\"}",
        "{\"v\":1,\"t\":\"\",\"name\":\"n\"}",
        "{\"v\":1,\"t\":\"BAN\",\"name\":\"n\"}",
        "{\"v\":1,\"t\":\"abcdefghijklmnopqrstuvwxyz\",\"name\":\"n\"}",
        "{\"v\":1,\"t\":\"rule\"}",
        "{\"v\":1,\"t\":\"rule\",\"name\":7}",
        "{\"v\":1,\"t\":\"rule\",\"name\":\"\"}",
        "{\"v\":1,\"t\":\"rule\",\"name\":\"a\\nb\"}",
        "{\"v\":1,\"t\":\"rule\",\"name\":\"a\\u007fb\"}",
        "{\"v\":1,\"t\":\"rule\",\"name\":\"123456789012345678901234567890123456789012345678\"}",
        "{\"v\":1,\"t\":\"rule\",\"name\":\"\\ud800\"}",
        "{\"v\":1,\"t\":\"rule\",\"name\":\"\xff\"}",
        "{\"v\":1,\"t\":\"rule\",\"name\":\"\xc3\"}",
        "{\"v\":1,\"t\":\"ban\",\"name\":\"somebody\"}",
        "{\"v\":1,\"t\":\"ban\",\"name\":\"net:0000000000000000\"}",
        "{\"v\":1,\"t\":\"ban\",\"name\":\"net:12\"}",
        "{\"v\":1,\"t\":\"ban\",\"name\":\"1.2.3.4/33\"}",
        "{\"v\":1,\"t\":\"canvas\",\"name\":\"1\",\"open\":true}",
        "{\"v\":1,\"t\":\"canvas\",\"name\":\"01,0\",\"open\":true}",
        "{\"v\":1,\"t\":\"canvas\",\"name\":\"1024,0\",\"open\":true}",
        "{\"v\":1,\"t\":\"palette\",\"name\":\"x\",\"colours\":[1]}",
        "{\"v\":1,\"t\":\"region\",\"name\":\"*\",\"x\":0,\"y\":0,\"w\":1,\"h\":1}",
        "{\"v\":1,\"t\":\"energy\",\"name\":\"*\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (kind(texts[i]) != CONTROL_GARBAGE)
            fail_msg("%s", texts[i]);
        assert_true(strlen(wrong) > 5);
    }
    struct control_record record;
    static const char nul[] = "{\"v\":1,\"t\":\"rule\",\"name\":\"a\0\"}";
    assert_int_equal(control_record_read(&record, (const uint8_t *)nul, sizeof nul - 1, wrong),
                     CONTROL_GARBAGE);
    control_record_finish(&record);
    char deep[CONTROL_RECORD_MAX + 1];
    memset(deep, '[', sizeof deep);
    assert_int_equal(control_record_read(&record, (uint8_t *)deep, CONTROL_RECORD_MAX, wrong),
                     CONTROL_GARBAGE);
    assert_int_equal(control_record_read(&record, NULL, 0, wrong), CONTROL_GARBAGE);
}

static void a_record_has_4096_bytes_at_most(void **state)
{
    static const char begin[] = "{\"v\":1,\"t\":\"rule\",\"name\":\"n\"}";
    char text[CONTROL_RECORD_MAX + 2];
    memset(text, ' ', sizeof text);
    memcpy(text, begin, sizeof begin - 1);
    struct control_record record;
    assert_int_equal(control_record_read(&record, (uint8_t *)text, CONTROL_RECORD_MAX, wrong),
                     CONTROL_READ);
    control_record_finish(&record);
    assert_int_equal(control_record_read(&record, (uint8_t *)text, CONTROL_RECORD_MAX + 1, wrong),
                     CONTROL_GARBAGE);
    assert_null(record.json);
}

static void what_others_will_know_is_foreign_and_says_whether_it_must_be_known(void **state)
{
    struct control_record record;
    assert_int_equal(read_text(&record, "{\"v\":1,\"t\":\"portal\",\"name\":\"n\",\"must\":true}"),
                     CONTROL_FOREIGN);
    assert_true(record.must);
    assert_string_equal(record.type_name, "portal");
    control_record_finish(&record);
    assert_int_equal(read_text(&record, "{\"v\":2,\"t\":\"freeze\",\"name\":\"*\",\"must\":1}"),
                     CONTROL_FOREIGN);
    assert_false(record.must);
    control_record_finish(&record);
    assert_int_equal(kind("{\"t\":\"freeze\",\"name\":\"*\"}"), CONTROL_FOREIGN);
}

static void members_that_mean_nothing_are_malformed(void **state)
{
    static const char *const texts[] = {
        "\"t\":\"ban\",\"name\":\"8000000000000001\",\"until\":\"soon\"",
        "\"t\":\"ban\",\"name\":\"8000000000000001\",\"until\":-1",
        "\"t\":\"ban\",\"name\":\"8000000000000001\",\"until\":1e300",
        "\"t\":\"ban\",\"name\":\"8000000000000001\",\"until\":1.5",
        "\"t\":\"ban\",\"name\":\"8000000000000001\",\"slow\":0",
        "\"t\":\"ban\",\"name\":\"8000000000000001\",\"slow\":1001",
        "\"t\":\"ban\",\"name\":\"8000000000000001\",\"why\":[]",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":1",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0.5,\"y\":0,\"w\":1,\"h\":1",
        "\"t\":\"region\",\"name\":\"r\",\"x\":-1024001,\"y\":0,\"w\":1,\"h\":1",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":1024000,\"w\":1,\"h\":1",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":0,\"h\":1",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":1,\"h\":2048001",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,\"closed\":1",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,\"factor\":-0.1",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,\"factor\":\"2\"",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,\"colours\":[]",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,\"colours\":[16]",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,\"colours\":{\"a\":\"b\"}",
        "\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,\"from\":9,\"until\":9",
        "\"t\":\"canvas\",\"name\":\"1,1\"",
        "\"t\":\"canvas\",\"name\":\"1,1\",\"open\":\"yes\"",
        "\"t\":\"palette\",\"name\":\"*\"",
        "\"t\":\"palette\",\"name\":\"*\",\"colours\":\"white\"",
        "\"t\":\"token\",\"name\":\"a\",\"grants\":\"operator\",\"hash\":\"00\"",
        "\"t\":\"token\",\"name\":\"a\",\"grants\":\"none\",\"hash\":"
        "\"0123456789012345678901234567890123456789012345678901234567890123\"",
        "\"t\":\"secret\",\"name\":\"*\",\"fingerprint\":12",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[512];
        snprintf(text, sizeof text, "{\"v\":1,%s}", texts[i]);
        if (kind(text) != CONTROL_MALFORMED)
            fail_msg("%s", text);
        snprintf(text, sizeof text, "{\"v\":1,%s,\"gone\":true}", texts[i]);
        assert_int_equal(kind(text), CONTROL_READ); /* to be gone it needs no members */
    }
}

static void what_is_of_another_type_is_seen_at_a_glance(void **state)
{
    static const struct {
        const char *text;
        bool is_not;
    } texts[] = {
        {"{\"v\":1,\"t\":\"seen\",\"name\":\"*\"}", false},
        {"{\"v\":1,\"t\":\"ban\",\"name\":\"seen\"}", false}, /* in doubt */
        {"{\"v\":1,\"t\":\"ban\",\"name\":\"10.0.0.1\"}", true},
        {"{\"v\":1,\"t\":\"unseen\",\"name\":\"*\"}", true},
        {"{\"v\":1,\"t\":\"\\u0073een\",\"name\":\"*\"}", false},
        {"", true},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(
            control_record_is_not((const uint8_t *)texts[i].text, strlen(texts[i].text), "seen"),
            texts[i].is_not);
    assert_true(control_record_is_not(NULL, 0, "ban")); /* a tombstone of Kafka's */
}

static void names_that_mean_the_same_are_one_name(void **state)
{
    static const struct {
        const char *text, *name;
    } names[] = {
        {"8000000000000abc", "8000000000000abc"},
        {"A8000000000000abc", "8000000000000abc"},
        {"net:00000000000000ff", "net:00000000000000ff"},
        {"192.0.2.77/24", "192.0.2.0/24"},
        {"192.0.2.77", "192.0.2.77/32"},
        {"::ffff:192.0.2.77", "192.0.2.77/32"},
        {"2001:DB8::9/32", "2001:db8::/32"},
        {"2001:db8::9", "2001:db8::9/128"},
        {"::/0", "::/0"},
        {"0.0.0.0/0", "0.0.0.0/0"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[CONTROL_NAME], again[CONTROL_NAME];
        assert_true(control_name_canonical(CONTROL_BAN, names[i].text, name));
        assert_string_equal(name, names[i].name);
        assert_true(control_name_canonical(CONTROL_BAN, name, again));
        assert_string_equal(again, name);
    }
}

static void bans_say_who_how_long_and_why(void **state)
{
    struct control_record record = good(
        "{\"v\":1,\"t\":\"ban\",\"name\":\"A8000000000000001\",\"until\":1795000000000,"
        "\"slow\":2.5,\"why\":\"spam\\nspam\"}");
    assert_int_equal(record.meaning.ban.of, BAN_AUTHOR);
    assert_true(record.meaning.ban.id == UINT64_C(0x8000000000000001));
    assert_true(record.meaning.ban.until_ms == INT64_C(1795000000000));
    assert_int_equal(record.meaning.ban.slow, 250);
    assert_string_equal(record.meaning.ban.words, "spam spam");
    control_record_finish(&record);
    record = good(
        "{\"v\":1,\"t\":\"ban\",\"name\":\"net:00000000000000ff\",\"words\":\"bots\","
        "\"why\":\"internal\"}");
    assert_int_equal(record.meaning.ban.of, BAN_NETWORK);
    assert_true(record.meaning.ban.id == 255 && record.meaning.ban.slow == 0);
    assert_string_equal(record.meaning.ban.words, "bots");
    control_record_finish(&record);
    record = good("{\"v\":1,\"t\":\"ban\",\"name\":\"192.0.2.77/24\"}");
    assert_int_equal(record.meaning.ban.of, BAN_CIDR);
    assert_int_equal(record.meaning.ban.bits, 120);
    assert_memory_equal(record.meaning.ban.address, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\0", 16);
    control_record_finish(&record);
}

static void words_are_cut_between_characters(void **state)
{
    char text[400] = "{\"v\":1,\"t\":\"freeze\",\"name\":\"*\",\"words\":\"x";
    for (int i = 0; i < 40; i++)
        strcat(text, "\xc3\xa4");
    strcat(text, "\"}");
    struct control_record record = good(text);
    assert_int_equal(strlen(record.meaning.freeze.words), 63); /* x and 31 of two bytes */
    control_record_finish(&record);
    char *x = strstr(text, "\"x\xc3") + 1;
    memmove(x, x + 1, strlen(x));
    record = good(text);
    assert_int_equal(strlen(record.meaning.freeze.words), 62);
    control_record_finish(&record);
}

static void regions_canvases_palettes_and_tokens_say_what_they_say(void **state)
{
    struct control_record record = good(
        "{\"v\":1,\"t\":\"region\",\"name\":\"art\",\"x\":-10,\"y\":20,\"w\":30,\"h\":40,"
        "\"closed\":true,\"factor\":0.25,\"colours\":[0,3,15],\"from\":5,\"until\":6}");
    const struct region *region = &record.meaning.region;
    assert_true(region->x == -10 && region->y == 20 && region->w == 30 && region->h == 40);
    assert_true(region->closed && region->percent == 25 && region->colours == 0x8009);
    assert_true(region->from_ms == 5 && region->until_ms == 6);
    assert_string_equal(region->name, "art");
    assert_string_equal(region->words, "art"); /* without words of its own */
    control_record_finish(&record);
    record = good(
        "{\"v\":1,\"t\":\"region\",\"name\":\"calm\",\"x\":0,\"y\":0,\"w\":1,\"h\":1,"
        "\"words\":\"keep calm\",\"colours\":null,\"from\":null}");
    assert_true(!record.meaning.region.closed && record.meaning.region.percent == 100 &&
                record.meaning.region.colours == 0xffff);
    assert_string_equal(record.meaning.region.words, "keep calm");
    control_record_finish(&record);
    record = good("{\"v\":1,\"t\":\"canvas\",\"name\":\"-3,7\",\"open\":false,\"until\":9}");
    assert_true(record.meaning.canvas.position.gx == -3 && record.meaning.canvas.position.gy == 7);
    assert_true(!record.meaning.canvas.open && record.meaning.canvas.until_ms == 9);
    control_record_finish(&record);
    record = good("{\"v\":1,\"t\":\"palette\",\"name\":\"*\",\"colours\":[0]}");
    assert_int_equal(record.meaning.colours, 1);
    control_record_finish(&record);
    record = good(
        "{\"v\":1,\"t\":\"token\",\"name\":\"a\",\"grants\":\"bot\",\"hash\":"
        "\"ff23456789012345678901234567890123456789012345678901234567890123\"}");
    assert_int_equal(record.meaning.token.role, ROLE_BOT);
    assert_int_equal(record.meaning.token.hash[0], 0xff);
    control_record_finish(&record);
    record = good("{\"v\":1,\"t\":\"freeze\",\"name\":\"art\",\"on\":false}");
    assert_true(record.gone);
    control_record_finish(&record);
}

static void what_is_written_is_read_as_it_was_meant(void **state)
{
    const struct control_actor actor = {"ann", ROLE_MODERATOR, "they asked \"nicely\""};
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddNumberToObject(fields, "until", 1795000000000);
    char *text = control_record_write("ban", "192.0.2.9/24", fields, &actor, 0xabc,
                                      INT64_C(1794999999999), wrong);
    assert_string_equal(text,
                        "{\"v\":1,\"t\":\"ban\",\"name\":\"192.0.2.0/24\",\"until\":"
                        "1795000000000,\"rid\":\"0000000000000abc\",\"by\":\"ann\",\"role\":"
                        "\"moderator\",\"why\":\"they asked \\\"nicely\\\"\",\"at\":"
                        "1794999999999}");
    free(text);
    text = control_record_write("freeze", "*", NULL, &actor, 1, 1, wrong);
    assert_int_equal(kind(text), CONTROL_READ);
    free(text);
}

static void nothing_is_written_that_could_not_be_read(void **state)
{
    const struct control_actor actor = {"ann", ROLE_MODERATOR, ""};
    static const struct {
        const char *type, *name, *member, *text;
    } bad[] = {{"portal", "n", "x", "y"},        {"ban", "nobody", "x", "y"},
               {"rule", "n", "by", "somebody"},  {"rule", "n", "v", "1"},
               {"rule", "n", "x", "\xff\xff"},   {"region", "r", "x", "y"},
               {"ban", "1.2.3.4", "until", "9"}, {"rule", "", "x", "y"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cJSON *fields = cJSON_CreateObject();
        cJSON_AddStringToObject(fields, bad[i].member, bad[i].text);
        wrong[0] = '\0';
        assert_null(control_record_write(bad[i].type, bad[i].name, fields, &actor, 1, 1, wrong));
        assert_true(strlen(wrong) > 5);
    }
    char large[CONTROL_RECORD_MAX + 1];
    memset(large, 'x', sizeof large);
    large[sizeof large - 1] = '\0';
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddStringToObject(fields, "text", large);
    assert_null(control_record_write("report", "n", fields, &actor, 1, 1, wrong));
    assert_non_null(strstr(wrong, "4096"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_record_is_garbage),
        cmocka_unit_test(a_record_has_4096_bytes_at_most),
        cmocka_unit_test(what_others_will_know_is_foreign_and_says_whether_it_must_be_known),
        cmocka_unit_test(members_that_mean_nothing_are_malformed),
        cmocka_unit_test(what_is_of_another_type_is_seen_at_a_glance),
        cmocka_unit_test(names_that_mean_the_same_are_one_name),
        cmocka_unit_test(bans_say_who_how_long_and_why),
        cmocka_unit_test(words_are_cut_between_characters),
        cmocka_unit_test(regions_canvases_palettes_and_tokens_say_what_they_say),
        cmocka_unit_test(what_is_written_is_read_as_it_was_meant),
        cmocka_unit_test(nothing_is_written_that_could_not_be_read),
    };
    return cmocka_run_group_tests_name("control record", tests, NULL, NULL);
}
