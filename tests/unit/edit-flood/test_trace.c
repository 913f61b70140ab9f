/* SPDX-License-Identifier: ISC */
/* Reddit's files are read as DATASETS describes them, with all that is odd about them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "cmocka_all.h"
#include "core/nearest.h"
#include "core/edit.h"
#include "trace.h"

static char path[64];

static const char *file_of(const char *text, bool zipped)
{
    strcpy(path, "/tmp/edit-flood-trace-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    if (zipped) {
        gzFile gz = gzdopen(fd, "wb");
        assert_int_equal(gzputs(gz, text), (int)strlen(text));
        gzclose(gz);
    } else {
        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        close(fd);
    }
    return path;
}

static int load(struct trace *trace, const char *text, bool zipped, int x, int y)
{
    const char *file = file_of(text, zipped);
    int result = trace_load(trace, &file, 1, x, y);
    unlink(path);
    return result;
}

static void check(const struct trace *trace, size_t i, uint32_t ms, uint32_t x, uint32_t y,
                  uint32_t colour)
{
    assert_true(i < trace->n);
    assert_int_equal(trace->edits[i].ms, ms);
    assert_int_equal(trace->edits[i].word, edit_pack(x, y, colour));
}

static void of_2017_in_milliseconds(void **state)
{
    struct trace trace;
    assert_int_equal(load(&trace,
                          "ts,user,x_coordinate,y_coordinate,color\n"
                          "1491081894000,+++/DjiwyzTQzfai1RGavwwdeF0=,600,812,13\n"
                          "1490991480000,+++/DjiwyzTQzfai1RGavwwdeF0=,4,33,13\r\n"
                          "1490991480000,a,4,33,2\n"    /* later in the file, the same time */
                          "1490991481000,a,1000,33,2\n" /* an off-by-one of the original */
                          "1490991481000,a,33,1000,2\n"
                          "1490991481000,a,,,2\n" /* empty */
                          "1490991481000,a,1,2,\n"
                          "1490991481000,a,1,2,16\n" /* no such colour */
                          "1490991481000,a,1\n"
                          "soon,a,1,2,3\n"
                          "\n",
                          false, 0, 0),
                     0);
    assert_int_equal(trace.n, 3);
    check(&trace, 0, 0, 4, 33, 13);
    check(&trace, 1, 0, 4, 33, 2);
    check(&trace, 2, 90414000, 600, 812, 13);
    assert_true(trace.origin_ms == 1490991480000);
    assert_int_equal(trace.rows, 10);
    assert_int_equal(trace.outside, 2);
    assert_int_equal(trace.empty, 2);
    assert_int_equal(trace.malformed, 3);
    assert_int_equal(trace_until(&trace, 0, 0), 2);
    assert_int_equal(trace_until(&trace, 2, 90413999), 2);
    assert_int_equal(trace_until(&trace, 0, 90414000), 3);
    trace_finish(&trace);
}

static void of_2017_as_text(void **state)
{
    struct trace trace;
    assert_int_equal(load(&trace,
                          "ts,user_hash,x_coordinate,y_coordinate,color\n"
                          "2017-04-01 16:20:01.000 UTC,u,1,2,3\n"
                          "2017-04-01 16:20:00.000 UTC,u,4,5,6\n"
                          "2017-04-01 16:20:00.000 UTC,u,,,\n",
                          true, 0, 0),
                     0);
    assert_int_equal(trace.n, 2);
    check(&trace, 0, 0, 4, 5, 6);
    check(&trace, 1, 1000, 1, 2, 3);
    assert_true(trace.origin_ms == 1491063600000);
    assert_int_equal(trace.empty, 1);
    trace_finish(&trace);
}

static void of_2022(void **state)
{
    static const char text[] =
        "timestamp,user_id,pixel_color,coordinate\n"
        "2022-04-03 17:38:22.252 UTC,yTrYCd4L==,#FF3881,\"0,0\"\n"
        "2022-04-04 02:13:44.98 UTC,x,#DE107F,\"523,1699\"\n"
        "2022-04-04 02:13:44 UTC,x,#FFFFFF,\"999,999\"\n"
        "2022-04-04 02:13:44.5 UTC,x,#00CC78,\"1000,1000\"\n"
        "2022-04-04 02:13:45 UTC,x,#000000,\"1,2,3,4\"\n" /* a moderator's rectangle */
        "2022-04-04 02:13:45 UTC,x,#00000,\"1,2\"\n"
        "2022-04-04 02:13:45 UTC,x,#000000,\"1;2\"\n"
        "2022-04-04 02:13:45 CET,x,#000000,\"1,2\"\n";
    struct trace trace;
    assert_int_equal(load(&trace, text, true, 0, 0), 0);
    assert_int_equal(trace.n, 2);
    check(&trace, 0, 0, 0, 0, nearest_colour(0xff, 0x38, 0x81));
    check(&trace, 1, 30921748, 999, 999, 0);
    assert_int_equal(trace.outside, 2);
    assert_int_equal(trace.areas, 1);
    assert_int_equal(trace.malformed, 3);
    trace_finish(&trace);

    assert_int_equal(load(&trace, text, false, 500, 1000), 0); /* another part of it */
    assert_int_equal(trace.n, 2);
    check(&trace, 0, 0, 500, 0, nearest_colour(0, 0xcc, 0x78));
    check(&trace, 1, 480, 23, 699, nearest_colour(0xde, 0x10, 0x7f));
    trace_finish(&trace);
}

static void of_2023(void **state)
{
    struct trace trace;
    assert_int_equal(load(&trace,
                          "timestamp,user,coordinate,pixel_color\n"
                          "2023-07-20 13:00:26.088 UTC,no,\"-199,-235\",#00A368\n"
                          "2023-07-20 13:00:27 UTC,no,\"0,0\",#FFFFFF\n"
                          "2023-07-20 13:00:27 UTC,no,\"{X: 424, Y: 336, R: 3}\",#FFFFFF\n"
                          "2023-07-20 13:00:27 UTC,no,\"1,2,3,4\",#FFFFFF\n",
                          false, -500, -500),
                     0);
    assert_int_equal(trace.n, 2);
    check(&trace, 0, 0, 301, 265, nearest_colour(0, 0xa3, 0x68));
    check(&trace, 1, 912, 500, 500, 0);
    assert_int_equal(trace.areas, 2);
    trace_finish(&trace);
}

static void several_files_are_one_trace(void **state)
{
    char one[64];
    strcpy(one,
           file_of("ts,user,x_coordinate,y_coordinate,color\n3000,a,3,0,0\n1000,a,1,0,0\n", false));
    const char *files[] = {one, file_of("timestamp,user_id,pixel_color,coordinate\n"
                                        "1970-01-01 00:00:02 UTC,a,#ffffff,\"2,0\"\n",
                                        true)};
    struct trace trace;
    assert_int_equal(trace_load(&trace, files, 2, 0, 0), 0);
    assert_int_equal(trace.n, 3);
    for (uint32_t i = 0; i < 3; i++)
        check(&trace, i, 1000 * i, i + 1, 0, 0);
    trace_finish(&trace);
    unlink(one);
    unlink(path);
}

static void what_is_no_trace_is_refused(void **state)
{
    struct trace trace;
    assert_int_equal(load(&trace, "", false, 0, 0), -1);
    assert_int_equal(load(&trace, "a,b,c\n1,2,3\n", false, 0, 0), -1);
    assert_int_equal(load(&trace, "ts,user,x_coordinate,y_coordinate,color\n", false, 0, 0), -1);
    const char *nowhere = "/nowhere/at/all";
    assert_int_equal(trace_load(&trace, &nowhere, 1, 0, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_2017_in_milliseconds),
        cmocka_unit_test(of_2017_as_text),
        cmocka_unit_test(of_2022),
        cmocka_unit_test(of_2023),
        cmocka_unit_test(several_files_are_one_trace),
        cmocka_unit_test(what_is_no_trace_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
