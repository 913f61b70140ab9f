/* SPDX-License-Identifier: ISC */
/* One line of r/place's files: what is taken, what is not and why, and that no byte beside the line
 * is read. */
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "common/place_row.h"

static const char of_2017[] = "ts,user_hash,x_coordinate,y_coordinate,color";
static const char of_2022[] = "timestamp,user_id,pixel_color,coordinate";
static const char of_2023[] = "timestamp,user,coordinate,pixel_color";

static struct place_layout layout_of(const char *header)
{
    struct place_layout layout;
    assert_true(place_header(header, strlen(header), &layout));
    return layout;
}

/* From memory that ends with the line. */
static enum place_verdict parse(const char *header, const char *line, size_t len,
                                struct place_row *row)
{
    struct place_layout layout = layout_of(header);
    char *copy = malloc(len + 1);
    assert_non_null(copy);
    char *end = copy + 1; /* and begins in the middle of it */
    memcpy(end, line, len);
    enum place_verdict verdict = place_row(end, len, &layout, row);
    if (verdict == PLACE_PIXEL && row->user_len > 0)
        assert_true(row->user >= end && row->user + row->user_len <= end + len);
    row->user = NULL;
    free(copy);
    return verdict;
}

static void check(const char *header, const char *line, enum place_verdict verdict)
{
    struct place_row row;
    if (parse(header, line, strlen(line), &row) != verdict)
        fail_msg("%s: not %d", line, (int)verdict);
}

static void check_pixel(const char *header, const char *line, int64_t ms, int32_t x, int32_t y,
                        bool is_rgb, uint32_t colour)
{
    struct place_row row;
    if (parse(header, line, strlen(line), &row) != PLACE_PIXEL)
        fail_msg("%s: not taken", line);
    assert_true(row.time_ms == ms);
    assert_int_equal(row.x, x);
    assert_int_equal(row.y, y);
    assert_int_equal(row.is_rgb, is_rgb);
    assert_int_equal(row.colour, colour);
}

static void headers_say_what_a_file_is(void **state)
{
    struct place_layout layout;
    assert_int_equal(layout_of(of_2017).format, PLACE_2017);
    assert_int_equal(layout_of(of_2022).format, PLACE_2022);
    assert_int_equal(layout_of(of_2023).format, PLACE_2023);
    assert_int_equal(layout_of("\xef\xbb\xbf"
                               "color,y,x,ts")
                         .format,
                     PLACE_2017);
    static const char *const bad[] = {"",     "x,y",    "ts,user,x_coordinate,color", "1,2,3,4,5",
                                      "\"ts", "ts,,,,", "timestamp,coordinate"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(place_header(bad[i], strlen(bad[i]), &layout));
    for (int i = 0; i < PLACE_FORMATS; i++) {
        struct place_layout own = place_layout_of((enum place_format)i);
        assert_int_equal(own.format, i);
        assert_true(own.column[PLACE_TIME] == 0 && own.column[PLACE_USER] == 1);
    }
}

static void rows_of_2017(void **state)
{
    check_pixel(of_2017, "1491081894000,+++/DjiwyzTQzfai1RGavwwdeF0=,600,812,13", 1491081894000,
                600, 812, false, 13);
    check_pixel(of_2017, "2017-04-01 16:20:00.000 UTC,u,1,2,3", 1491063600000, 1, 2, false, 3);
    check_pixel(of_2017, "1491081894000,,1000,0,0", 1491081894000, 1000, 0, false, 0);
    check(of_2017, "1491081894000,u,,,", PLACE_EMPTY);
    check(of_2017, "1491081894000,u,1,2,", PLACE_EMPTY);
    check(of_2017, ",u,1,2,3", PLACE_EMPTY);
    check(of_2017, "1491081894000,u,1,2", PLACE_CUT);
    check(of_2017, "1491081894000", PLACE_CUT);
    check(of_2017, "", PLACE_EMPTY);
    check(of_2017, "1491081894000,u,1,2,16", PLACE_BAD_COLOUR);
    check(of_2017, "1491081894000,u,1,2,003", PLACE_BAD_COLOUR);
    check(of_2017, "1491081894000,u,1,2,-1", PLACE_BAD_COLOUR);
    check(of_2017, "1491081894000,u,1 ,2,3", PLACE_BAD_COORDINATE);
    check(of_2017, "1491081894000,u,0x1,2,3", PLACE_BAD_COORDINATE);
    check(of_2017, "1491081894000,u,4294967297,2,3", PLACE_BAD_COORDINATE);
    check(of_2017, "1491081894000,u,18446744073709551617,2,3", PLACE_BAD_COORDINATE);
    check(of_2017, "1491081894000,u,--1,2,3", PLACE_BAD_COORDINATE);
    check(of_2017, "18446744073709551617,u,1,2,3", PLACE_BAD_TIME);
    check(of_2017, "0,u,1,2,3", PLACE_BAD_TIME);
    check(of_2017, "-5,u,1,2,3", PLACE_BAD_TIME);
    check(of_2017, "soon,u,1,2,3", PLACE_BAD_TIME);
}

static void rows_of_2022_and_2023(void **state)
{
    check_pixel(of_2022, "2022-04-03 17:38:22.252 UTC,yTrYCd4L==,#FF3881,\"0,0\"", 1649007502252, 0,
                0, true, 0xff3881);
    check_pixel(of_2022, "2022-04-04 02:13:44.98 UTC,x,#de107f,\"523,1699\"", 1649038424980, 523,
                1699, true, 0xde107f);
    check_pixel(of_2022, "2022-04-04 02:13:44 UTC,x,#000000,\"1,2\"", 1649038424000, 1, 2, true, 0);
    check_pixel(of_2022, "2022-04-04 02:13:44.123999 UTC,x,#000000,\"1,2\"", 1649038424123, 1, 2,
                true, 0);
    check(of_2022, "2022-04-04 02:13:44 UTC,x,#000000,\"1,2,3,4\"", PLACE_RECTANGLE);
    check(of_2022, "2022-04-04 02:13:44 UTC,x,#000000,\"1,2,3\"", PLACE_BAD_COORDINATE);
    check(of_2022, "2022-04-04 02:13:44 UTC,x,#000000,\"1;2\"", PLACE_BAD_COORDINATE);
    check(of_2022, "2022-04-04 02:13:44 UTC,x,#000000,\"1,2", PLACE_CUT);
    check(of_2022, "2022-04-04 02:13:44 UTC,x,#00000,\"1,2\"", PLACE_BAD_COLOUR);
    check(of_2022, "2022-04-04 02:13:44 UTC,x,#0000000,\"1,2\"", PLACE_BAD_COLOUR);
    check(of_2022, "2022-04-04 02:13:44 UTC,x,#00000g,\"1,2\"", PLACE_BAD_COLOUR);
    check(of_2022, "2022-04-04 02:13:44 CET,x,#000000,\"1,2\"", PLACE_BAD_TIME);
    check(of_2022, "2022-04-31 02:13:44 UTC,x,#000000,\"1,2\"", PLACE_BAD_TIME);
    check(of_2022, "2022-13-01 02:13:44 UTC,x,#000000,\"1,2\"", PLACE_BAD_TIME);
    check(of_2022, "2022-04-04 24:13:44 UTC,x,#000000,\"1,2\"", PLACE_BAD_TIME);
    check(of_2022, "2022-04-04 02:13:44. UTC,x,#000000,\"1,2\"", PLACE_BAD_TIME);
    check(of_2022, "2022-04-04 02:13:44.1234567890 UTC,x,#000000,\"1,2\"", PLACE_BAD_TIME);
    check_pixel(of_2023, "2023-07-20 13:00:26.088 UTC,no,\"-199,-235\",#00A368", 1689858026088,
                -199, -235, true, 0x00a368);
    check(of_2023, "2023-07-20 13:00:27 UTC,no,\"{X: 424, Y: 336, R: 3}\",#FFFFFF", PLACE_CIRCLE);
    check(of_2023, "2023-07-20 13:00:27 UTC,no,\"10000001,0\",#FFFFFF", PLACE_BAD_COORDINATE);
}

/* Every byte of a good line, by every other byte; and every length of it. */
static void no_line_reads_too_far(void **state)
{
    static const char *const lines[][2] = {
        {of_2022, "2022-04-03 17:38:22.252 UTC,x,#FF3881,\"12,34\""},
        {of_2017, "1491081894000,u,600,812,13"}};
    size_t taken = 0;
    for (size_t k = 0; k < 2; k++) {
        size_t len = strlen(lines[k][1]);
        char line[128];
        struct place_row row;
        for (size_t i = 0; i < len; i++) {
            for (int c = 0; c < 256; c++) {
                memcpy(line, lines[k][1], len);
                line[i] = (char)c;
                taken += parse(lines[k][0], line, len, &row) == PLACE_PIXEL;
            }
        }
        for (size_t i = 0; i < len; i++) /* cut off, only a shorter number is still one */
            parse(lines[k][0], lines[k][1], i, &row);
    }
    assert_in_range(taken, 100, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_say_what_a_file_is),
        cmocka_unit_test(rows_of_2017),
        cmocka_unit_test(rows_of_2022_and_2023),
        cmocka_unit_test(no_line_reads_too_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
