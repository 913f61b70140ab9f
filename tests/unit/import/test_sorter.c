/* SPDX-License-Identifier: ISC */
/* Sorting beyond the memory: in order of time, stable, with any number of runs; files are proved.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "import/merge.h"
#include "import/sorter.h"

static char folder[64];

static int make_folder(void **state)
{
    strcpy(folder, "/tmp/placed-sorter-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static size_t clear_folder(void)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] != '.') {
            unlinkat(dirfd(dir), entry->d_name, 0);
            n++;
        }
    }
    closedir(dir);
    return n;
}

static int drop_folder(void **state)
{
    clear_folder();
    return rmdir(folder);
}

static uint64_t numbers = 1;

static uint64_t next_number(void)
{
    numbers ^= numbers << 13;
    numbers ^= numbers >> 7;
    numbers ^= numbers << 17;
    return numbers;
}

/* Row i; its author says which it was. */
static struct row row_of(uint64_t i, int64_t time_ms)
{
    return (struct row){.time_ms = time_ms,
                        .author = i,
                        .position = {(int16_t)(i % 7), (int16_t)(i % 5)},
                        .word = (uint32_t)i & 0xffffff};
}

enum pattern { RANDOM, FEW_TIMES, ALL_EQUAL, FORWARDS, BACKWARDS, FAR_APART };

static int64_t time_of(enum pattern pattern, uint64_t i)
{
    switch (pattern) {
    case RANDOM:
        return 1491000000000 + (int64_t)(next_number() % 300000000);
    case FEW_TIMES:
        return 1491000000000 + 1000 * (int64_t)(next_number() % 5);
    case ALL_EQUAL:
        return 0;
    case FORWARDS:
        return (int64_t)(i / 3);
    case BACKWARDS:
        return 1491000000000 - (int64_t)(i / 2);
    case FAR_APART:
        return (int64_t)(next_number() % 2 ? 1 + next_number() % 100
                                           : next_number() % 99999999999999);
    }
    return 0;
}

/* Sort n rows, and look at every one. */
static void check(enum pattern pattern, uint64_t n, size_t memory, size_t max_runs)
{
    char error[RUN_ERROR_BYTES] = "";
    const struct run *runs;
    size_t n_runs;
    int64_t *times = calloc(n + 1, sizeof *times);
    bool *seen = calloc(n + 1, sizeof *seen);
    struct sorter *sorter = sorter_create(folder, memory, error);
    assert_true(times && seen && sorter);
    for (uint64_t i = 0; i < n; i++) {
        times[i] = time_of(pattern, i);
        const struct row row = row_of(i, times[i]);
        assert_int_equal(sorter_add(sorter, &row, error), 0);
    }
    assert_int_equal(sorter_finish(sorter, NULL, &runs, &n_runs, error), 0);
    assert_in_range(n_runs, n > 0, max_runs);
    struct merge *merge = merge_open(folder, runs, n_runs, memory, error);
    assert_non_null(merge);
    struct row row, before = {0};
    uint64_t count = 0;
    for (int rc; (rc = merge_next(merge, &row, error)) != 0; count++) {
        assert_int_equal(rc, 1);
        assert_true(row.author < n && !seen[row.author] && row.time_ms == times[row.author]);
        seen[row.author] = true;
        const struct row wanted = row_of(row.author, row.time_ms);
        assert_memory_equal(&row, &wanted, sizeof row);
        if (count > 0)
            assert_true(before.time_ms < row.time_ms ||
                        (before.time_ms == row.time_ms && before.author < row.author));
        before = row;
    }
    assert_int_equal(count, n);
    merge_close(merge);
    assert_int_equal(clear_folder(), n_runs); /* and no other file is left */
    sorter_destroy(sorter);
    free(times);
    free(seen);
}

static void rows_come_out_in_order_and_equal_times_as_they_came(void **state)
{
    /* 64 KiB hold 1,365 rows a run, and 7 runs are merged at once: up to three rounds */
    static const uint64_t counts[] = {0, 1, 2, 1364, 1365, 1366, 9555, 9556, 70000, 500000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (int pattern = RANDOM; pattern <= FAR_APART; pattern++)
            check((enum pattern)pattern, counts[i], SORTER_MEMORY_MIN, 7);
    }
    check(RANDOM, 100000, 1 << 20, 127);
    check(FEW_TIMES, 100000, 64 << 20, 1);
    check(RANDOM, 5000, 1,
          7); /* less memory than that makes no sense, and is not taken at its word */
}

static size_t make_runs(struct sorter **sorter, const struct run **runs)
{
    char error[RUN_ERROR_BYTES];
    size_t n_runs;
    *sorter = sorter_create(folder, SORTER_MEMORY_MIN, error);
    for (uint64_t i = 0; i < 3000; i++) {
        const struct row row = row_of(i, time_of(RANDOM, i));
        assert_int_equal(sorter_add(*sorter, &row, error), 0);
    }
    assert_int_equal(sorter_finish(*sorter, NULL, runs, &n_runs, error), 0);
    return n_runs;
}

static int merge_all(const struct run *runs, size_t n, char error[RUN_ERROR_BYTES])
{
    struct row row;
    int rc = -1;
    struct merge *merge = merge_open(folder, runs, n, SORTER_MEMORY_MIN, error);
    while (merge && (rc = merge_next(merge, &row, error)) > 0)
        ;
    merge_close(merge);
    return rc;
}

static void a_run_that_was_damaged_or_cut_is_an_error(void **state)
{
    char error[RUN_ERROR_BYTES] = "", name[RUN_PATH_BYTES];
    const struct run *runs;
    struct sorter *sorter;
    size_t n = make_runs(&sorter, &runs);
    assert_int_equal(n, 3);
    assert_int_equal(merge_all(runs, n, error), 0);
    run_path(name, folder, runs[1].number);
    int fd = open(name, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "?", 1, 777), 1);
    assert_int_equal(merge_all(runs, n, error), -1);
    assert_non_null(strstr(error, "not what was written"));
    assert_int_equal(ftruncate(fd, 700), 0);
    close(fd);
    assert_int_equal(merge_all(runs, n, error), -1);
    assert_non_null(strstr(error, "cut short"));
    unlink(name);
    assert_int_equal(merge_all(runs, n, error), -1);
    assert_non_null(strstr(error, "No such file"));
    sorter_destroy(sorter);
    clear_folder();
}

static bool at_once(void)
{
    return true;
}

static void sorting_can_be_stopped_and_a_folder_that_is_gone_is_said(void **state)
{
    char error[RUN_ERROR_BYTES] = "?";
    const struct run *runs;
    size_t n_runs;
    struct sorter *sorter = sorter_create(folder, SORTER_MEMORY_MIN, error);
    for (uint64_t i = 0; i < 65536 * 3; i++) {
        const struct row row = row_of(i, time_of(RANDOM, i));
        assert_int_equal(sorter_add(sorter, &row, error), 0);
    }
    assert_int_equal(sorter_finish(sorter, at_once, &runs, &n_runs, error), -1);
    assert_string_equal(error, "");
    sorter_destroy(sorter);
    clear_folder();

    sorter = sorter_create("/nowhere/at/all", SORTER_MEMORY_MIN, error);
    const struct row row = row_of(1, 1);
    int rc = 0;
    for (int i = 0; i < 2000 && rc == 0; i++)
        rc = sorter_add(sorter, &row, error);
    assert_int_equal(rc, -1);
    assert_non_null(strstr(error, "/nowhere/at/all/run-0"));
    sorter_destroy(sorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_out_in_order_and_equal_times_as_they_came),
        cmocka_unit_test(a_run_that_was_damaged_or_cut_is_an_error),
        cmocka_unit_test(sorting_can_be_stopped_and_a_folder_that_is_gone_is_said),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
