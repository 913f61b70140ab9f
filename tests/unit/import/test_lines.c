/* SPDX-License-Identifier: ISC */
/* Files line by line: plain and gzipped, whatever is in them, and those that end too early. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "cmocka_all.h"
#include "common/lines.h"

static char path[64];

static void write_file(const void *bytes, size_t len, bool zipped)
{
    strcpy(path, "/tmp/placed-lines-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    if (zipped) {
        gzFile gz = gzdopen(fd, "wb");
        assert_int_equal(gzwrite(gz, bytes, (unsigned)len), (int)len);
        gzclose(gz);
    } else {
        assert_int_equal(write(fd, bytes, len), (ssize_t)len);
        close(fd);
    }
}

static struct lines *open_file(void)
{
    char error[LINES_ERROR_BYTES] = "";
    struct lines *lines = lines_open(path, error);
    if (!lines)
        fail_msg("%s", error);
    return lines;
}

static void expect(struct lines *lines, const char *wanted, size_t wanted_len)
{
    char error[LINES_ERROR_BYTES];
    const char *line;
    size_t len;
    assert_int_equal(lines_next(lines, &line, &len, error), LINES_LINE);
    assert_int_equal(len, wanted_len);
    assert_memory_equal(line, wanted, len);
}

static void expect_result(struct lines *lines, enum lines_result wanted)
{
    char error[LINES_ERROR_BYTES];
    const char *line;
    size_t len;
    assert_int_equal(lines_next(lines, &line, &len, error), wanted);
}

static void lines_of_all_kinds(void **state)
{
    static const char text[] = "one\r\ntwo\n\n\r\nfi\0ve\n\rsix\r\r\nlast";
    for (int zipped = 0; zipped < 2; zipped++) {
        write_file(text, sizeof text - 1, zipped);
        struct lines *lines = open_file();
        expect(lines, "one", 3);
        expect(lines, "two", 3);
        expect(lines, "", 0);
        expect(lines, "", 0);
        expect(lines, "fi\0ve", 5);
        expect(lines, "\rsix\r", 5);
        assert_false(lines_open_ended(lines));
        expect(lines, "last", 4);
        expect_result(lines, LINES_END);
        expect_result(lines, LINES_END);
        assert_true(lines_open_ended(lines));
        assert_true(lines_size(lines) > 0 && lines_at(lines) == lines_size(lines));
        lines_close(lines);
        unlink(path);
    }
}

static void a_line_that_is_too_long_is_skipped_alone(void **state)
{
    static const size_t lengths[] = {LINES_MAX - 1, LINES_MAX,     LINES_MAX + 1,
                                     LINES_MAX + 2, LINES_MAX + 3, 3 * 1024 * 1024};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (int end = 0; end < 3; end++) { /* LF, CR LF, and none */
            size_t len = lengths[i], at = 0;
            char *text = malloc(len + 16);
            assert_non_null(text);
            at = (size_t)sprintf(text, "a\n");
            memset(text + at, 'x', len);
            at += len;
            at += (size_t)sprintf(text + at, "%s", end == 0 ? "\nb\n" : end == 1 ? "\r\nb\n" : "");
            write_file(text, at, false);
            struct lines *lines = open_file();
            expect(lines, "a", 1);
            if (len <= LINES_MAX)
                expect(lines, text + 2, len);
            else
                expect_result(lines, LINES_LONG);
            if (end < 2)
                expect(lines, "b", 1);
            expect_result(lines, LINES_END);
            assert_int_equal(lines_open_ended(lines), end == 2);
            lines_close(lines);
            unlink(path);
            free(text);
        }
    }
}

/* Everything up to the error. */
static enum lines_result read_all(struct lines *lines, size_t *n, char error[LINES_ERROR_BYTES])
{
    const char *line;
    size_t len;
    enum lines_result result;
    for (*n = 0; (result = lines_next(lines, &line, &len, error)) > 0; ++*n)
        ;
    return result;
}

static void gzip_that_is_cut_short_or_damaged_is_an_error(void **state)
{
    enum { LINES = 20000 };
    static char text[LINES * 12 + 1];
    size_t at = 0, n;
    for (int i = 0; i < LINES; i++)
        at += (size_t)sprintf(text + at, "%d\n", i * 7919 % 99991);
    char error[LINES_ERROR_BYTES];
    write_file(text, at, true);
    struct lines *lines = open_file();
    assert_int_equal(read_all(lines, &n, error), LINES_END);
    assert_int_equal(n, LINES);
    off_t size = (off_t)lines_size(lines);
    lines_close(lines);
    for (off_t cut = size - 1; cut > 20; cut -= size / 9) {
        assert_int_equal(truncate(path, cut), 0);
        lines = open_file();
        assert_int_equal(read_all(lines, &n, error), LINES_FAILED);
        assert_non_null(strstr(error, "cut short"));
        assert_non_null(strstr(error, path));
        lines_close(lines);
    }
    unlink(path);
    write_file(text, at, true);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, size / 2, SEEK_SET);
    fputs("damage", file);
    fclose(file);
    lines = open_file();
    assert_int_equal(read_all(lines, &n, error), LINES_FAILED);
    lines_close(lines);
    unlink(path);
}

static void what_cannot_be_opened_is_an_error(void **state)
{
    char error[LINES_ERROR_BYTES] = "";
    assert_null(lines_open("/nowhere/at/all", error));
    assert_non_null(strstr(error, "/nowhere/at/all: No such file"));
    assert_null(lines_open("/tmp", error));
    assert_non_null(strstr(error, "directory"));
    write_file("", 0, false);
    struct lines *lines = open_file();
    expect_result(lines, LINES_END);
    assert_false(lines_open_ended(lines));
    lines_close(lines);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_all_kinds),
        cmocka_unit_test(a_line_that_is_too_long_is_skipped_alone),
        cmocka_unit_test(gzip_that_is_cut_short_or_damaged_is_an_error),
        cmocka_unit_test(what_cannot_be_opened_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
