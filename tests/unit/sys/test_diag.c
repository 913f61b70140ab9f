/* SPDX-License-Identifier: ISC */
/* test_diag: what reaches the operator's terminal is text, a line each, and not too many of them.
 */
#include "cmocka_all.h"
#include "sys/diag.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 1 << 18 };

static char said[ROOM];
static int before, into;

/* Standard error goes to a file from here on; heard() ends that and returns what was said. */
static void listen_in(void)
{
    char path[] = "/tmp/placed-diag-XXXXXX";
    before = dup(STDERR_FILENO);
    into = mkstemp(path);
    assert_true(before >= 0 && into >= 0);
    unlink(path);
    dup2(into, STDERR_FILENO);
}

static const char *heard(void)
{
    dup2(before, STDERR_FILENO);
    close(before);
    ssize_t n = pread(into, said, ROOM - 1, 0);
    close(into);
    assert_true(n >= 0);
    said[n] = '\0';
    return said;
}

static void what_a_terminal_would_obey_is_escaped(void **state)
{
    static const struct {
        const char *text, *line;
    } cases[] = {
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xa8",
         "placed: caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8e\xa8\n"},
        {"a\nplaced: error: b\r\t\x1b[2J\x7f",
         "placed: a\\x0aplaced: error: b\\x0d\\x09\\x1b[2J\\x7f\n"},
        {"\xc2\x9b"
         "2J\xc2\x85",
         "placed: \\xc2\\x9b2J\\xc2\\x85\n"}, /* CSI and NEL */
        {"\x9b"
         "2J\xff",
         "placed: \\x9b2J\\xff\n"},  /* not UTF-8 */
        {"\xc3", "placed: \\xc3\n"}, /* cut in the middle */
        {"\xe2\x80\xae"
         "1.log",
         "placed: \\xe2\\x80\\xae"
         "1.log\n"}, /* right to left */
        {"\xe2\x81\xa6x", "placed: \\xe2\\x81\\xa6x\n"},
        {"%s%n", "placed: %s%n\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        listen_in();
        diag_info("%s", cases[i].text);
        assert_string_equal(heard(), cases[i].line);
    }
}

static void a_line_has_an_end(void **state)
{
    static char text[5000];
    memset(text, '\1', sizeof text - 1);
    listen_in();
    diag_warn("%s", text);
    size_t len = strlen(heard());
    assert_in_range(len, 1000, 2048);
    assert_int_equal(said[len - 1], '\n');
    assert_null(memchr(said, '\n', len - 1));
}

static void there_are_only_so_many_a_second(void **state)
{
    time_t start = time(NULL);
    listen_in();
    for (int i = 0; i < 3000; i++)
        diag_error("number %d", i);
    time_t seconds = time(NULL) - start + 2; /* begun ones count */
    size_t lines = 0;
    for (const char *c = heard(); *c; c++)
        lines += *c == '\n';
    assert_in_range(lines, 1, seconds * 101);
    assert_non_null(strstr(said, "too many messages"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_terminal_would_obey_is_escaped),
        cmocka_unit_test(a_line_has_an_end),
        cmocka_unit_test(there_are_only_so_many_a_second),
    };
    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
