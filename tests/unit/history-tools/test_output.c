/* SPDX-License-Identifier: ISC */
/* test_output: a file appears whole or not at all. */
#include "cmocka_all.h"
#include "export/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct output output;
static char folder[] = "/tmp/test-output-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state)
{
    unlink(path);
    return rmdir(folder);
}

/* How many files there are in the folder. */
static int files(void)
{
    int n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    closedir(dir);
    return n;
}

static void expect_content(const char *expected)
{
    char text[100];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static void put(const char *text)
{
    memcpy(output_room(&output), text, strlen(text));
    output_used(&output, strlen(text));
}

static void it_appears_at_the_end(void **state)
{
    assert_int_equal(output_open(&output, path), 0);
    put("one");
    output_write(&output, " two", 4);
    put(" three");
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(output_finish(&output), 0);
    expect_content("one two three");
    assert_int_equal(files(), 1);
}

static void it_gets_the_usual_rights(void **state)
{
    struct stat status;
    mode_t before = umask(027);
    assert_int_equal(output_open(&output, path), 0);
    assert_int_equal(output_finish(&output), 0);
    umask(before);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void what_is_abandoned_leaves_what_was_there(void **state)
{
    assert_int_equal(output_open(&output, path), 0);
    put("old");
    assert_int_equal(output_finish(&output), 0);
    assert_int_equal(output_open(&output, path), 0);
    put("new");
    assert_int_equal(files(), 2);
    output_abandon(&output);
    expect_content("old");
    assert_int_equal(files(), 1);
}

static void large_ones_are_whole(void **state)
{
    struct stat status;
    assert_int_equal(output_open(&output, path), 0);
    for (int i = 0; i < 30000; i++)
        put("0123456789");
    assert_int_equal(output_finish(&output), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 300000);
}

static void a_device_is_written_as_it_comes(void **state)
{
    assert_int_equal(output_open(&output, "/dev/full"), 0);
    put("x");
    assert_true(output_good(&output));
    assert_int_equal(output_finish(&output), -1);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(output_open(&output, "/dev/null"), 0);
    put("x");
    assert_int_equal(output_finish(&output), 0);
}

static void where_nothing_can_be_is_told(void **state)
{
    char longer[80];
    snprintf(longer, sizeof longer, "%s/no/file", folder);
    assert_int_equal(output_open(&output, longer), -1);
    assert_int_equal(errno, ENOENT);
}

/* The name is taken by a folder meanwhile. */
static void what_cannot_be_renamed_leaves_nothing(void **state)
{
    unlink(path);
    assert_int_equal(output_open(&output, path), 0);
    put("x");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(output_finish(&output), -1);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(files(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_appears_at_the_end),
        cmocka_unit_test(it_gets_the_usual_rights),
        cmocka_unit_test(what_is_abandoned_leaves_what_was_there),
        cmocka_unit_test(large_ones_are_whole),
        cmocka_unit_test(a_device_is_written_as_it_comes),
        cmocka_unit_test(where_nothing_can_be_is_told),
        cmocka_unit_test(what_cannot_be_renamed_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
