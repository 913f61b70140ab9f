/* SPDX-License-Identifier: ISC */
/* What a server says cannot act on a terminal. */
#include "common/text.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"

static void escapes_become_question_marks(void **state)
{
    static const struct {
        const char *text, *clean;
        size_t columns;
    } cases[] = {
        {"plain", "plain", 5},
        {"\x1b[31mred\x1b[0m", "?[31mred?[0m", 12},
        {"a\nb\rc\td\x7f", "a?b?c?d?", 8},
        {"\xc2\x9b"
         "31m",
         "?31m", 4}, /* CSI as one character */
        {"caf\xc3\xa9", "caf\xc3\xa9", 4},
        {"\xe2\x80\xae"
         "evil",
         "?evil", 5}, /* turns the direction */
        {"\xff\xfe", "??", 2},
        {"\xc3", "?", 1},           /* half a character */
        {"\xed\xa0\x80", "???", 3}, /* half a pair */
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 1},
        {"\xc0\xaf", "??", 2}, /* longer than it need be */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char clean[64];
        size_t columns = text_clean(clean, sizeof clean, cases[i].text);
        assert_string_equal(clean, cases[i].clean);
        assert_int_equal(columns, cases[i].columns);
        assert_int_equal(text_width(clean), columns);
    }
}

static void a_text_is_cut_between_characters(void **state)
{
    char clean[6];
    assert_int_equal(text_clean(clean, sizeof clean, "abc\xc3\xa9\xc3\xa9"), 4);
    assert_string_equal(clean, "abc\xc3\xa9");
    assert_int_equal(text_clean(clean, 1, "abc"), 0);
    assert_string_equal(clean, "");
}

static void json_is_ascii(void **state)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "name", "\x1b[2J caf\xc3\xa9 \xc2\x9b \xf0\x9f\x98\x80 \xff");
    assert_true(text_print_json(out, json));
    fclose(out);
    for (size_t i = 0; i < len; i++)
        assert_true(text[i] == '\n' || text[i] == '\t' || (text[i] >= ' ' && text[i] < 0x7f));
    cJSON *again = cJSON_Parse(text);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(again, "name")),
                        "\x1b[2J caf\xc3\xa9 \xc2\x9b \xf0\x9f\x98\x80 \xef\xbf\xbd");
    cJSON_Delete(again);
    cJSON_Delete(json);
    free(text);
}

static void numbers_and_times_for_people(void **state)
{
    char text[TEXT_BYTES];
    text_count(text, 0);
    assert_string_equal(text, "0");
    text_count(text, 16500000);
    assert_string_equal(text, "16,500,000");
    text_duration(text, 90061);
    assert_string_equal(text, "1 day 1 hour");
    text_duration(text, 86400);
    assert_string_equal(text, "1 day");
    text_duration(text, 5400);
    assert_string_equal(text, "1 hour 30 minutes");
    text_duration(text, 59);
    assert_string_equal(text, "59 seconds");
    text_time(text, INT64_C(1775044800000), INT64_C(1775044800000) + 180000);
    assert_string_equal(text, "2026-04-01 12:00:00 (3 minutes ago)");
    text_time(text, INT64_C(1775044800000), INT64_C(1775044800000) - 7200000);
    assert_string_equal(text, "2026-04-01 12:00:00 (in 2 hours)");
    text_time(text, INT64_C(1775044800000), INT64_C(1795000000000));
    assert_string_equal(text, "2026-04-01 12:00:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_become_question_marks),
        cmocka_unit_test(a_text_is_cut_between_characters),
        cmocka_unit_test(json_is_ascii),
        cmocka_unit_test(numbers_and_times_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
