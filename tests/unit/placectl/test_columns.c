/* SPDX-License-Identifier: ISC */
/* Tables for people, of answers that may be anything. */
#include "common/columns.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "cmocka_all.h"

#define NOW INT64_C(1795000000000)

static char *print(const char *rows, const struct column *columns, size_t n)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    cJSON *json = cJSON_Parse(rows);
    assert_int_equal(columns_print(out, json, columns, n, NOW, "nothing"), 0);
    cJSON_Delete(json);
    fclose(out);
    return text;
}

static void cells_stand_below_each_other(void **state)
{
    static const struct column columns[] = {{"name", "name", COLUMN_TEXT},
                                            {"edits", "edits", COLUMN_COUNT},
                                            {"colour", "c", COLUMN_COLOUR},
                                            {"where", NULL, COLUMN_RECT}};
    char *text = print(
        "[{\"name\":\"caf\xc3\xa9\",\"edits\":1234,\"c\":[0,13],\"x\":-1,\"y\":2,\"w\":3,"
        "\"h\":4},{\"name\":\"longer name\",\"edits\":5}]",
        columns, 4);
    assert_string_equal(text,
                        "name         edits  colour            where\n"
                        "caf\xc3\xa9         1,234  white, dark blue  -1,2,3,4\n"
                        "longer name      5\n");
    free(text);
}

static void a_network_is_written_as_commands_take_it(void **state)
{
    static const struct column columns[] = {{"n", "n", COLUMN_NETWORK}};
    char *text =
        print("[{\"n\":\"0123456789abcdef\"},{\"n\":[\"a\",\"net:b\"]},{\"n\":5}]", columns, 1);
    assert_string_equal(text, "n\nnet:0123456789abcdef\nnet:a,net:b\n\n");
    free(text);
}

static void an_empty_column_is_left_out(void **state)
{
    static const struct column columns[] = {
        {"a", "a", COLUMN_TEXT}, {"until", "until", COLUMN_TIME}, {"b", "b", COLUMN_TEXT}};
    char *text = print("[{\"a\":1,\"b\":true}]", columns, 3);
    assert_string_equal(text, "a  b\n1  yes\n");
    free(text);
}

static void anything_that_a_server_says_can_be_shown(void **state)
{
    static const struct column columns[] = {{"a", "a", COLUMN_TEXT},  {"b", "b", COLUMN_COUNT},
                                            {"c", "c", COLUMN_TIME},  {"d", "d", COLUMN_COLOUR},
                                            {"e", NULL, COLUMN_RECT}, {"f", "f", COLUMN_PERCENT},
                                            {"g", "g", COLUMN_UNTIL}, {"h", NULL, COLUMN_DETAILS}};
    static const char *const rows[] = {
        "[]",
        "{}",
        "5",
        "null",
        "[1,2,[3]]",
        "[{}]",
        "[{\"a\":{\"x\":1},\"b\":-1,\"c\":1e300,\"d\":99,\"x\":\"1\",\"f\":1e300,\"g\":-5}]",
        "[{\"a\":[[1],{},\"\\u001b[2J\"],\"b\":\"\\u0007\",\"c\":\"now\",\"d\":[[1],-1,\"x\"],"
        "\"f\":{}}]",
        "[{\"b\":1e16,\"c\":9e15,\"d\":1.5,\"zz\\u001b\":{\"deep\":[]}}]",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = print(rows[i], columns, 8);
        for (const char *c = text; *c; c++)
            assert_true(*c == '\n' || *c >= ' ');
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_stand_below_each_other),
        cmocka_unit_test(a_network_is_written_as_commands_take_it),
        cmocka_unit_test(an_empty_column_is_left_out),
        cmocka_unit_test(anything_that_a_server_says_can_be_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
